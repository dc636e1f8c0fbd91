{{/* What `migrate` needs. */}}
{{- define "todo-stack.migrateEnvironment" -}}
{{- include "todo-stack.secretVariable" (dict "secret" (include "todo-stack.databaseSecretName" .) "key" "DATABASE_URL") }}
- name: MIGRATE_TIMEOUT_SECONDS
  value: {{ .Values.backend.migrate.timeoutSeconds | quote }}
{{- end }}

{{/* What `serve` needs. */}}
{{- define "todo-stack.backendEnvironment" -}}
{{- $fullname := include "todo-stack.fullname" . -}}
{{- $keyless := eq .Values.assistant.provider "builtin" -}}
{{- include "todo-stack.secretVariable" (dict "secret" (include "todo-stack.databaseSecretName" .) "key" "DATABASE_URL") }}
{{ include "todo-stack.secretVariable" (dict "secret" (include "todo-stack.secretName" .) "key" "OPENAI_API_KEY" "optional" $keyless) }}
- name: AUTH_JWKS_URL
  value: http://{{ $fullname }}-frontend:{{ .Values.frontend.service.port }}/api/auth/jwks
- name: ASSISTANT_PROVIDER
  value: {{ .Values.assistant.provider }}
{{- with .Values.assistant.model }}
- name: OPENAI_MODEL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.assistant.baseUrl }}
- name: OPENAI_BASE_URL
  value: {{ . | quote }}
{{- end }}
- name: PORT
  value: "8000"
- name: DRAIN_SECONDS
  value: {{ .Values.backend.drainSeconds | quote }}
- name: SHUTDOWN_TIMEOUT_SECONDS
  value: {{ .Values.backend.shutdownTimeoutSeconds | quote }}
- name: POD_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
{{- end }}
