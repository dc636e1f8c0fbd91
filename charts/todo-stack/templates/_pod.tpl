{{/* Pod fields that every pod shares. Takes a dict of "root", "user" (numeric) and "tier": values with the scheduling fields. */}}
{{- define "todo-stack.podBasics" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.serviceAccountName }}
serviceAccountName: {{ . | quote }}
{{- end }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- range $field := list "priorityClassName" "nodeSelector" "tolerations" "affinity" }}
{{- $value := get $.tier $field }}
{{- if kindIs "map" $value }}
{{- $value = include "todo-stack.given" $value | fromYaml }}
{{- end }}
{{- with $value }}
{{ $field }}: {{ kindIs "string" . | ternary (quote .) (toYaml . | nindent 2) }}
{{- end }}
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

{{/* Startup, readiness and liveness probes of a tier, with Kubernetes' own periods where none are given. Takes `probes`. */}}
{{- define "todo-stack.probes" -}}
{{- $probes := . | default dict -}}
startupProbe:
  httpGet: {path: /health/live, port: http}
  {{- with include "todo-stack.given" $probes.startup | fromYaml }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
readinessProbe:
  httpGet: {path: /health/ready, port: http}
  {{- with include "todo-stack.given" $probes.readiness | fromYaml }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
livenessProbe:
  httpGet: {path: /health/live, port: http}
  # A process that hangs does not shut down in order either: no use in waiting for it as for a draining one.
  terminationGracePeriodSeconds: 5
  {{- with include "todo-stack.given" $probes.liveness | fromYaml }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* `strategy` of a tier. Takes a dict of "tier": its values, and "path": their name. */}}
{{- define "todo-stack.strategy" -}}
{{- $rollout := include "todo-stack.given" .tier.rollout | fromYaml -}}
{{- if and (regexMatch "^0+%?$" (toString $rollout.maxSurge)) (regexMatch "^0+%?$" (toString $rollout.maxUnavailable)) -}}
{{- fail (printf "\n\n%s.rollout: maxSurge and maxUnavailable are both 0, so that no pod could ever be replaced. Use maxSurge: 1, or, on a node without room for one pod more, maxUnavailable: 1.\n" .path) -}}
{{- end -}}
strategy:
  type: RollingUpdate
  {{- with $rollout }}
  rollingUpdate:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* How long a rollout may go on without progress: longer than a pod waits for its database. */}}
{{- define "todo-stack.progressDeadline" -}}
{{- with (.Values.backend.migrate).timeoutSeconds -}}
progressDeadlineSeconds: {{ add . 180 }}
{{- end }}
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

{{/* Variables with a plain value, but for empty and dropped ones. Takes a list of names and values by turns, as YAML lists. */}}
{{- define "todo-stack.variables" -}}
{{- range . }}
{{- $value := index . 1 }}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}
- name: {{ index . 0 }}
  value: {{ kindIs "float64" $value | ternary (int64 $value) $value | toString | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/*
A container's environment: the chart's variables, then the user's. A name given twice is refused, because
Kubernetes would take the last one, and server-side apply none; NAME and NAME_FILE are one name.
Takes a dict of "chart" (YAML list), "user" (map), "path".
*/}}
{{- define "todo-stack.environment" -}}
{{- $taken := list -}}
{{- range .chart | fromYamlArray -}}
{{- $taken = append $taken (trimSuffix "_FILE" .name) -}}
{{- end -}}
{{- $path := .path -}}
{{- .chart | trim -}}
{{- range $name, $value := include "todo-stack.given" .user | fromYaml -}}
{{- if has (trimSuffix "_FILE" $name) $taken -}}
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
