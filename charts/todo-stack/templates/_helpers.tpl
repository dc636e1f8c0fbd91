{{/*
Helpers take the root context, or a dict of "root" and "component"
(backend, frontend, database, secrets) where something differs by component.
*/}}

{{/* The only place that knows the environments' names. */}}
{{- define "todo-stack.environmentDefaults" -}}
{{- $defaults := dict
  "local" (dict "serviceType" "NodePort" "pullPolicy" "Never")
  "production" (dict "serviceType" "LoadBalancer" "pullPolicy" "IfNotPresent")
-}}
{{- get $defaults .Values.environment | toYaml -}}
{{- end }}

{{/* Release name when it says todo-stack already, so that the usual release has short names; room for a suffix in 63 characters. */}}
{{- define "todo-stack.fullname" -}}
{{- $name := contains .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) -}}
{{- $name | trunc 53 | trimSuffix "-" -}}
{{- end }}

{{- define "todo-stack.frontendServiceType" -}}
{{- .Values.frontend.service.type | default (include "todo-stack.environmentDefaults" . | fromYaml).serviceType -}}
{{- end }}

{{/* What selects a component's pods. Selectors are immutable: nothing that a value can change belongs here. */}}
{{- define "todo-stack.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of a pod: no chart version and no other component's image, so that a pod rolls only for what it runs. */}}
{{- define "todo-stack.podLabels" -}}
{{ include "todo-stack.selectorLabels" . }}
app.kubernetes.io/part-of: {{ .root.Chart.Name }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ include "todo-stack.version" . | quote }}
app: todo
{{- if ne .component "secrets" }}
tier: {{ .component }}
{{- end }}
environment: {{ .root.Values.environment }}
{{- end }}

{{- define "todo-stack.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "todo-stack.podLabels" . }}
{{- end }}

{{/* Image tag of a component as a label value. */}}
{{- define "todo-stack.version" -}}
{{- $values := .root.Values -}}
{{- $images := dict "backend" $values.backend.image "frontend" $values.frontend.image "database" $values.database.demo.image -}}
{{- $tag := dig .component "tag" "" $images | default .root.Chart.AppVersion -}}
{{- regexReplaceAll "[^A-Za-z0-9._-]" $tag "_" | trunc 63 | trimAll "._-" -}}
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

{{/* Pod fields that every Deployment shares. Takes a dict of "root" and "user" (numeric). */}}
{{- define "todo-stack.podBasics" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{/* Container fields that every container shares: what the `restricted` pod security standard asks for, and readable ends. */}}
{{- define "todo-stack.containerBasics" -}}
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* Startup, readiness and liveness probes of a tier. Takes the tier's `probes` value. */}}
{{- define "todo-stack.probes" -}}
startupProbe:
  httpGet: {path: /health/live, port: http}
  {{- toYaml .startup | nindent 2 }}
readinessProbe:
  httpGet: {path: /health/ready, port: http}
  {{- toYaml .readiness | nindent 2 }}
livenessProbe:
  httpGet: {path: /health/live, port: http}
  # A process that hangs does not shut down in order either: no use in waiting for it as for a draining one.
  terminationGracePeriodSeconds: 5
  {{- toYaml .liveness | nindent 2 }}
{{- end }}

{{/* Prefers one pod a node, and is content with one node. */}}
{{- define "todo-stack.topologySpread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "todo-stack.selectorLabels" . | nindent 8 }}
{{- end }}

{{/* One variable from the Secret. Takes a dict of "secret", "key" and "optional". */}}
{{- define "todo-stack.secretVariable" -}}
- name: {{ .key }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end }}

{{/*
A container's environment: the chart's variables, then the user's. A name given twice is refused, because
Kubernetes would take the last one, and server-side apply none. Takes a dict of "chart" (YAML list), "user" (map), "path".
*/}}
{{- define "todo-stack.environment" -}}
{{- $taken := list -}}
{{- range .chart | fromYamlArray -}}
{{- $taken = append $taken .name -}}
{{- end -}}
{{- $path := .path -}}
{{- .chart -}}
{{- range $name, $value := .user -}}
{{- if has $name $taken -}}
{{- fail (printf "\n\n%s.%s: the chart sets this variable itself. Use the value made for it (see the chart's README), or drop it.\n" $path $name) -}}
{{- end }}
- name: {{ $name }}
  {{- if kindIs "map" $value }}
  {{- toYaml $value | nindent 2 }}
  {{- else }}
  value: {{ kindIs "float64" $value | ternary (int64 $value) $value | toString | quote }}
  {{- end }}
{{- end -}}
{{- end }}
