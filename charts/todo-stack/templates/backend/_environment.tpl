{{/* What both `migrate` and `serve` need. */}}
{{- define "todo-stack.backendBasics" -}}
{{ include "todo-stack.secretVariable" (dict "root" . "key" "DATABASE_URL") }}
{{- include "todo-stack.variables" (list
  (list "LOG_LEVEL" .Values.backend.logLevel)
  (list "DATABASE_PREPARED_STATEMENTS" (.Values.backend.database).preparedStatements)
) }}
{{- end }}

{{/* What `migrate` needs. */}}
{{- define "todo-stack.migrateEnvironment" -}}
{{ include "todo-stack.backendBasics" . }}
{{- include "todo-stack.variables" (list (list "MIGRATE_TIMEOUT_SECONDS" (.Values.backend.migrate).timeoutSeconds)) }}
{{- end }}

{{/* What `serve` needs. */}}
{{- define "todo-stack.backendEnvironment" -}}
{{- $fullname := include "todo-stack.fullname" . -}}
{{ include "todo-stack.backendBasics" . }}
{{- if has "OPENAI_API_KEY" (include "todo-stack.backendKeys" . | fromYamlArray) }}
{{ include "todo-stack.secretVariable" (dict "root" . "key" "OPENAI_API_KEY") }}
{{- end }}
{{- $assistant := .Values.assistant | default dict }}
{{- include "todo-stack.variables" (list
  (list "AUTH_JWKS_URL" (printf "http://%s-frontend:%v/api/auth/jwks" $fullname .Values.frontend.service.port))
  (list "ASSISTANT_PROVIDER" $assistant.provider)
  (list "OPENAI_MODEL" $assistant.model)
  (list "OPENAI_BASE_URL" $assistant.baseUrl)
  (list "OPENAI_TIMEOUT_SECONDS" $assistant.timeoutSeconds)
  (list "CHAT_WAIT_SECONDS" (.Values.chat).waitSeconds)
  (list "DATABASE_POOL_SIZE" (.Values.backend.database).poolSize)
  (list "MIGRATE_EMPTY_DATABASE" (((.Values.database).demo).enabled | default false | ternary "true" ""))
  (list "WORKERS" .Values.backend.workers)
  (list "PORT" 8000)
  (list "DRAIN_SECONDS" .Values.backend.drainSeconds)
  (list "SHUTDOWN_TIMEOUT_SECONDS" .Values.backend.shutdownTimeoutSeconds)
) }}
{{- if ((.Values.aiops).kagent).enabled }}
{{- include "todo-stack.variables" (list
  (list "OPS_MCP_ENABLED" true)
  (list "OPS_PEERS" (printf "%s:8000" (include "todo-stack.peersServiceName" .)))
) }}
{{- end }}
- name: POD_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
{{- end }}
