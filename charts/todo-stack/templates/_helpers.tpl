{{/*
Helpers take the root context, or a dict of "root" and "component"
(backend, frontend, database, smoke, secrets) where something differs by component.
*/}}

{{/* The only place that knows the environments' names. */}}
{{- define "todo-stack.environmentDefaults" -}}
{{- $defaults := dict
  "local" (dict "serviceType" "NodePort" "pullPolicy" "Never")
  "production" (dict "serviceType" "LoadBalancer" "pullPolicy" "IfNotPresent")
-}}
{{- get $defaults .Values.environment | toYaml -}}
{{- end }}

{{/*
Release name when it says todo-stack already, so that the usual release has short names; room for a suffix in 63 characters.
A Service's name has no dot and begins with a letter; a release's may have dots, and begin with a digit.
*/}}
{{- define "todo-stack.fullname" -}}
{{- $release := .Release.Name | replace "." "-" -}}
{{- $name := contains .Chart.Name $release | ternary $release (printf "%s-%s" $release .Chart.Name) -}}
{{- if regexMatch "^[0-9]" $release -}}
{{- $name = printf "%s-%s" .Chart.Name $release -}}
{{- end -}}
{{- $name | trunc 53 | trimSuffix "-" -}}
{{- end }}

{{- define "todo-stack.frontendServiceType" -}}
{{- .Values.frontend.service.type | default (include "todo-stack.environmentDefaults" . | fromYaml).serviceType -}}
{{- end }}

{{/* A map that may hold `null`, Helm's way to drop a value, without what is dropped, as YAML; `{}` for `null` itself. */}}
{{- define "todo-stack.given" -}}
{{- $given := dict -}}
{{- range $key, $value := . -}}
{{- if kindIs "map" $value -}}
{{- $_ := set $given $key (include "todo-stack.given" $value | fromYaml) -}}
{{- else if not (kindIs "invalid" $value) -}}
{{- $_ := set $given $key $value -}}
{{- end -}}
{{- end -}}
{{- toYaml $given -}}
{{- end }}

{{/* `image` and `imagePullPolicy` of a container. Takes a dict of "root" and "image". */}}
{{- define "todo-stack.image" -}}
{{- $reference := printf "%s:%s" .image.repository (.image.tag | default .root.Chart.AppVersion) -}}
{{- if .image.digest -}}
{{- $reference = printf "%s@%s" .image.repository .image.digest -}}
{{- end -}}
image: {{ $reference | quote }}
imagePullPolicy: {{ .image.pullPolicy | default (include "todo-stack.environmentDefaults" .root | fromYaml).pullPolicy }}
{{- end }}

{{/* Name of the Service that lists every ready backend pod by DNS. */}}
{{- define "todo-stack.replicasServiceName" -}}
{{- include "todo-stack.fullname" . }}-replicas
{{- end }}

{{/* Name of the Service that lists every backend pod by DNS. */}}
{{- define "todo-stack.peersServiceName" -}}
{{- include "todo-stack.fullname" . }}-peers
{{- end }}
