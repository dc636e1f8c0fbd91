{{/* A peer: the pods of a component of this release. Takes a dict of "root" and "component". */}}
{{- define "todo-stack.peer" -}}
- podSelector:
    matchLabels:
      {{- include "todo-stack.selectorLabels" . | nindent 6 }}
{{- end }}

{{/* A rule: this port of a component's pods. Takes a dict of "root", "component" and "port". */}}
{{- define "todo-stack.egressTo" -}}
- to:
    {{- include "todo-stack.peer" . | nindent 4 }}
  ports: [{protocol: TCP, port: {{ .port }}}]
{{- end }}

{{/* A rule: this port of these address ranges, or of any address. Takes a dict of "port" and "cidrs". */}}
{{- define "todo-stack.egressOutside" -}}
- ports: [{protocol: TCP, port: {{ .port }}}]
  {{- with .cidrs }}
  to:
    {{- range . }}
    - ipBlock: {cidr: {{ . }}}
    {{- end }}
  {{- end }}
{{- end }}

{{/* Anywhere: a cluster's DNS is pods for one and an address on each node for another. */}}
{{- define "todo-stack.egressToDns" -}}
- ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
{{- end }}

{{- define "todo-stack.egressToDatabase" -}}
{{- if ((.Values.database).demo).enabled -}}
{{- include "todo-stack.egressTo" (dict "root" . "component" "database" "port" 5432) -}}
{{- else -}}
{{- include "todo-stack.egressOutside" .Values.networkPolicy.database -}}
{{- end -}}
{{- end }}

{{/* The port of the model server: as given, else that of its address. */}}
{{- define "todo-stack.modelPort" -}}
{{- $url := urlParse ((.Values.assistant).baseUrl | default "https://api.openai.com") -}}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (eq $url.scheme "http" | ternary "80" "443") -}}
{{- (.Values.networkPolicy.model).port | default $port -}}
{{- end }}

{{/* Name and so on of a component's policy. Takes a dict of "root", "component" and "description". */}}
{{- define "todo-stack.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "todo-stack.metadata" (merge (dict "name" (printf "%s-%s" (include "todo-stack.fullname" .root) .component)) .) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "todo-stack.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
{{- end }}
