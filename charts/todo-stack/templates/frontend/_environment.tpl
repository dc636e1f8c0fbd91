{{/* What the Next.js server needs. */}}
{{- define "todo-stack.frontendEnvironment" -}}
{{ include "todo-stack.secretVariable" (dict "root" . "key" "DATABASE_URL") }}
{{ include "todo-stack.secretVariable" (dict "root" . "key" "BETTER_AUTH_SECRET") }}
{{ include "todo-stack.secretVariable" (dict "root" . "key" "BETTER_AUTH_SECRETS" "optional" true) }}
{{ include "todo-stack.secretVariable" (dict "root" . "key" "SMTP_URL" "optional" true) }}
{{- include "todo-stack.variables" (list
  (list "BACKEND_URL" (printf "http://%s-backend:%v" (include "todo-stack.fullname" .) .Values.backend.service.port))
  (list "BACKEND_PODS_URL" (printf "http://%s:8000" (include "todo-stack.replicasServiceName" .)))
  (list "PUBLIC_URL" .Values.frontend.publicUrl)
  (list "MAIL_FROM" .Values.frontend.mailFrom)
  (list "TRUSTED_ORIGINS" (join "," (.Values.frontend.trustedOrigins | default list)))
  (list "SIGN_UP" .Values.frontend.signUp)
  (list "TRUSTED_PROXIES" .Values.frontend.trustedProxies)
  (list "ASSISTANT_TIMEOUT_SECONDS" (.Values.assistant).turnTimeoutSeconds)
  (list "CHAT_UI" (.Values.chat).ui)
  (list "CHATKIT_ENABLED" ((.Values.chat).chatkitEnabled | default false | ternary "true" ""))
  (list "CHATKIT_DOMAIN_KEY" (.Values.chat).domainKey)
  (list "PORT" 3000)
) }}
# Container runtimes set HOSTNAME to the pod's name, and the server would listen on that address alone.
- name: HOSTNAME
  value: 0.0.0.0
- name: POD_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
{{- end }}
