{{/* What selects a component's pods. Selectors are immutable: nothing that a value can change belongs here. */}}
{{- define "todo-stack.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of a pod: no chart version and no other component's image, so that a pod rolls only for what it runs. */}}
{{- define "todo-stack.podLabels" -}}
{{- $labels := include "todo-stack.selectorLabels" . | fromYaml -}}
{{- $_ := set $labels "app.kubernetes.io/part-of" .root.Chart.Name -}}
{{- $_ := set $labels "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- $_ := set $labels "app.kubernetes.io/version" (include "todo-stack.version" .) -}}
{{- $_ := set $labels "app" "todo" -}}
{{- if ne .component "secrets" -}}
{{- $_ := set $labels "tier" .component -}}
{{- end -}}
{{- $_ := set $labels "environment" .root.Values.environment -}}
{{- merge $labels (include "todo-stack.given" .root.Values.commonLabels | fromYaml) | toYaml -}}
{{- end }}

{{/* Image tag of a component as a label value. */}}
{{- define "todo-stack.version" -}}
{{- $values := .root.Values -}}
{{- $images := dict "backend" $values.backend.image "smoke" $values.backend.image "frontend" $values.frontend.image "database" ((($values.database).demo).image | default dict) -}}
{{- $tag := dig .component "tag" "" $images | default .root.Chart.AppVersion -}}
{{- regexReplaceAll "[^A-Za-z0-9._-]" $tag "_" | trunc 63 | trimAll "._-" -}}
{{- end }}

{{/*
Annotations that say what an object is, how to see its health and its logs, and where to read on. Takes a dict of
"root", "component", "description" and "annotations" (more of them, which win).
*/}}
{{- define "todo-stack.annotations" -}}
{{- $namespace := .root.Release.Namespace -}}
{{- $release := .root.Release.Name -}}
{{- $name := include "todo-stack.fullname" .root -}}
{{- $tiers := "GET /health/live (process), GET /health/ready (database and tables; the body says why not) on port http" -}}
{{- $health := dict
  "backend" $tiers
  "frontend" $tiers
  "database" (printf "kubectl -n %s exec deployment/%s-database -- pg_isready -h 127.0.0.1" $namespace $name)
  "smoke" (printf "helm -n %s test %s (the pod of one that failed stays, with its log)" $namespace $release)
  "secrets" (printf "helm -n %s upgrade %s CHART --reuse-values --dry-run=server names each key that cannot work" $namespace $release)
-}}
{{- $tier := has .component (list "backend" "frontend" "database" "smoke") | ternary (printf ",tier=%s" .component) "" -}}
{{- $docs := printf "helm -n %s get notes %s (how to reach it); helm show readme CHART (values, secrets, operation)" $namespace $release -}}
{{- if eq .component "backend" -}}
{{- $docs = printf "GET /docs on port http (the API); %s" $docs -}}
{{- end -}}
{{- $own := dict
  "kubernetes.io/description" .description
  "todo-stack/health" (get $health .component)
  "todo-stack/logs" (printf "kubectl -n %s logs -l app.kubernetes.io/instance=%s%s --all-containers --prefix" $namespace $release $tier)
  "todo-stack/docs" $docs
-}}
{{- merge (include "todo-stack.given" .annotations | fromYaml) $own (include "todo-stack.given" .root.Values.commonAnnotations | fromYaml) | toYaml -}}
{{- end }}

{{/* An object's metadata. Takes a dict of "root", "component", "name", "description" and perhaps "labels" and "annotations". */}}
{{- define "todo-stack.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
  {{- include "todo-stack.podLabels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  {{- include "todo-stack.annotations" . | nindent 2 }}
{{- end }}
