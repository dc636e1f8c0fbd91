{{/* What the Next.js server needs. */}}
{{- define "todo-stack.frontendEnvironment" -}}
{{- $secret := include "todo-stack.secretName" . -}}
{{- include "todo-stack.secretVariable" (dict "secret" (include "todo-stack.databaseSecretName" .) "key" "DATABASE_URL") }}
{{ include "todo-stack.secretVariable" (dict "secret" $secret "key" "BETTER_AUTH_SECRET") }}
{{ include "todo-stack.secretVariable" (dict "secret" $secret "key" "BETTER_AUTH_SECRETS" "optional" true) }}
- name: BACKEND_URL
  value: http://{{ include "todo-stack.fullname" . }}-backend:{{ .Values.backend.service.port }}
{{- with .Values.frontend.publicUrl }}
- name: PUBLIC_URL
  value: {{ . | quote }}
{{- end }}
- name: CHAT_UI
  value: {{ .Values.chat.ui }}
{{- with .Values.chat.domainKey }}
- name: CHATKIT_DOMAIN_KEY
  value: {{ . | quote }}
{{- end }}
# Container runtimes set HOSTNAME to the pod's name, and the server would listen on that address alone.
- name: HOSTNAME
  value: 0.0.0.0
- name: PORT
  value: "3000"
- name: POD_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
{{- end }}
