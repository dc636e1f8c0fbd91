{{/*
Fails with one message that names every key that is missing or too short, and how to set it; never a value. What else a
value must be, the programs know: a pod that refuses its settings says so.
An existing Secret is looked at when Helm talks to the cluster and it is there already.
*/}}
{{- define "todo-stack.checkSecrets" -}}
{{- $values := include "todo-stack.knownSecrets" . | fromYaml -}}
{{- $problems := list -}}
{{- if not ((.Values.database).demo).enabled -}}
{{- $url := get $values "DATABASE_URL" -}}
{{- $form := "'postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=require'" -}}
{{- if not (trim $url) -}}
{{- $problems = append $problems (dict "key" "DATABASE_URL" "value" "databaseUrl" "is" "missing" "example" $form
      "instead" "Without a database of your own: --set database.demo.enabled=true") -}}
{{- end -}}
{{- end -}}
{{- if and (ne (.Values.assistant).provider "builtin") (not (trim (get $values "OPENAI_API_KEY"))) -}}
{{- $problems = append $problems (dict "key" "OPENAI_API_KEY" "value" "openaiApiKey" "is" "missing" "example" "\"$OPENAI_API_KEY\""
      "instead" "Without a key: --set assistant.provider=builtin") -}}
{{- end -}}
{{- $auth := get $values "BETTER_AUTH_SECRET" -}}
{{- if not (regexMatch "^.{32,}$" (trim $auth)) -}}
{{- $problems = append $problems (dict "key" "BETTER_AUTH_SECRET" "value" "betterAuthSecret" "example" "\"$(openssl rand -base64 32)\""
      "is" (ternary "too short: it needs at least 32 characters" "missing" (ne (trim $auth) ""))) -}}
{{- end -}}
{{- if regexMatch "^.{1,31}$" (get $values "BETTER_AUTH_SECRETS" | trim) -}}
{{- $problems = append $problems (dict "key" "BETTER_AUTH_SECRETS" "value" "betterAuthSecrets" "example" "'2:NEW\\,1:OLD'"
      "is" "too short: each secret in it needs at least 32 characters") -}}
{{- end -}}
{{- if and .Values.frontend.mailFrom (not (trim (get $values "SMTP_URL"))) -}}
{{- $problems = append $problems (dict "key" "SMTP_URL" "value" "smtpUrl" "is" "missing, and frontend.mailFrom is set"
      "example" "'smtp://USER:PASSWORD@HOST:587'" "instead" "Without mails: --set-string frontend.mailFrom=") -}}
{{- end -}}
{{- if and $problems (include "todo-stack.secretsAreKnown" .) -}}
{{- include "todo-stack.secretProblems" (dict "root" . "problems" $problems) | fail -}}
{{- end -}}
{{- end }}

{{/* Fails where mails are sent and lack a value that they need. */}}
{{- define "todo-stack.checkMail" -}}
{{- $frontend := .Values.frontend -}}
{{- if or $frontend.mailFrom (eq ($frontend.signUp | toString) "confirmed") (trim (get (include "todo-stack.knownSecrets" . | fromYaml) "SMTP_URL")) -}}
{{- $problems := list -}}
{{- range $name, $example := dict "mailFrom" "'Todo Stack <todo@example.com>'" "publicUrl" "https://todo.example.com" -}}
{{- if not (get $frontend $name) -}}
{{- $problems = append $problems (printf "  frontend.%s is missing.\n    helm ... --set-string frontend.%s=%s" $name $name $example) -}}
{{- end -}}
{{- end -}}
{{- with $problems -}}
{{- fail (printf "\n\nMails (SMTP_URL) need to know who they are from, and where their links lead:\n\n%s\n" (join "\n\n" .)) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The message. Takes a dict of "root" and "problems": dicts of "key", "value" (its name), "is", "example", "instead". */}}
{{- define "todo-stack.secretProblems" -}}
{{- $namespace := .root.Release.Namespace -}}
{{- $existing := (.root.Values.secrets).existingSecret }}

{{ if $existing -}}
The Secret {{ $existing }} in namespace {{ $namespace }} cannot be used as it is:
{{- else -}}
todo-stack cannot be installed without its secrets:
{{- end }}
{{ range .problems }}
  {{ .key }} is {{ .is }}.
{{- if $existing }}
    kubectl -n {{ $namespace }} patch secret {{ $existing }} -p '{"stringData": {"{{ .key }}": "..."}}'
{{- else }}
    helm ... --set-string secrets.values.{{ .value }}={{ .example }}
{{- end }}
{{- with .instead }}
    {{ . }}
{{- end }}
{{ end }}
{{- if not $existing }}
Or keep all keys in a Secret of your own, and name it:
    kubectl -n {{ $namespace }} create secret generic todo-stack-keys --from-literal=DATABASE_URL='...' \
      --from-literal=OPENAI_API_KEY='...' --from-literal=BETTER_AUTH_SECRET="$(openssl rand -base64 32)"
    helm ... --set secrets.existingSecret=todo-stack-keys
{{ end }}
{{- end }}

{{/* The message where the demo database would get another password at each render. */}}
{{- define "todo-stack.noDemoPassword" }}

The demo database needs a password: it is made from BETTER_AUTH_SECRET, and Helm cannot see the Secret {{ (.Values.secrets).existingSecret }}
in namespace {{ .Release.Namespace }}. Make that Secret first, or give a password:
    helm ... --set-string database.demo.password="$(openssl rand -hex 16)"
{{ end }}
