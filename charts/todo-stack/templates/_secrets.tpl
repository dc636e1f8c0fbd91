{{/* Name of the Secret with the keys. */}}
{{- define "todo-stack.secretName" -}}
{{- .Values.secrets.existingSecret | default (printf "%s-secrets" (include "todo-stack.fullname" .)) -}}
{{- end }}

{{/* Name of the Secret that holds DATABASE_URL. */}}
{{- define "todo-stack.databaseSecretName" -}}
{{- if .Values.database.demo.enabled -}}
{{- include "todo-stack.fullname" . }}-database
{{- else -}}
{{- include "todo-stack.secretName" . -}}
{{- end -}}
{{- end }}

{{/* The secret values given to the chart, by key, as YAML. */}}
{{- define "todo-stack.secretValues" -}}
{{- $given := .Values.secrets.values -}}
{{- $values := dict "OPENAI_API_KEY" (trim $given.openaiApiKey) "BETTER_AUTH_SECRET" (trim $given.betterAuthSecret) -}}
{{- if not .Values.database.demo.enabled -}}
{{- $_ := set $values "DATABASE_URL" (trim $given.databaseUrl) -}}
{{- end -}}
{{- with trim $given.betterAuthSecrets -}}
{{- $_ := set $values "BETTER_AUTH_SECRETS" . -}}
{{- end -}}
{{- toYaml $values -}}
{{- end }}

{{/*
Annotation that rolls a component's pods when a secret that it uses changes: the hash of those values, or
`secrets.revision` where the Secret is not the chart's. A generated password is left out: it never changes.
Takes a dict of "root" and "keys".
*/}}
{{- define "todo-stack.secretsChecksum" -}}
{{- $secrets := .root.Values.secrets -}}
{{- $used := list .root.Values.database.demo.enabled .root.Values.database.demo.password -}}
{{- if $secrets.existingSecret -}}
{{- $used = append $used $secrets.revision -}}
{{- else -}}
{{- $values := include "todo-stack.secretValues" .root | fromYaml -}}
{{- range .keys -}}
{{- $used = append $used (get $values .) -}}
{{- end -}}
{{- end -}}
checksum/secrets: {{ toJson $used | sha256sum }}
{{- end }}

{{/*
Fails with one message that names every key that is missing or cannot work, and how to set it; never a value.
An existing Secret is looked at when Helm talks to the cluster and it is there already.
*/}}
{{- define "todo-stack.checkSecrets" -}}
{{- $existing := .Values.secrets.existingSecret -}}
{{- $values := dict -}}
{{- $known := true -}}
{{- if $existing -}}
{{- $found := lookup "v1" "Secret" .Release.Namespace $existing -}}
{{- $known = not (empty $found) -}}
{{- range $key, $value := $found.data -}}
{{- $_ := set $values $key (b64dec $value) -}}
{{- end -}}
{{- else -}}
{{- $values = include "todo-stack.secretValues" . | fromYaml -}}
{{- end -}}
{{- $problems := list -}}
{{- if not .Values.database.demo.enabled -}}
{{- $url := get $values "DATABASE_URL" -}}
{{- $form := "'postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=require'" -}}
{{- if not (trim $url) -}}
{{- $problems = append $problems (dict "key" "DATABASE_URL" "value" "databaseUrl" "is" "missing" "example" $form
      "instead" "Without a database of your own: --set database.demo.enabled=true") -}}
{{- else if not (regexMatch "^postgres(ql)?://[^\\s'\"]+$" $url) -}}
{{- $problems = append $problems (dict "key" "DATABASE_URL" "value" "databaseUrl" "example" $form
      "is" "malformed: it must begin with postgresql:// or postgres:// and have no spaces or quotes") -}}
{{- end -}}
{{- end -}}
{{- if and (ne .Values.assistant.provider "builtin") (not (trim (get $values "OPENAI_API_KEY"))) -}}
{{- $problems = append $problems (dict "key" "OPENAI_API_KEY" "value" "openaiApiKey" "is" "missing" "example" "\"$OPENAI_API_KEY\""
      "instead" "Without a key: --set assistant.provider=builtin") -}}
{{- end -}}
{{- $auth := get $values "BETTER_AUTH_SECRET" -}}
{{- if lt (len (trim $auth)) 32 -}}
{{- $problems = append $problems (dict "key" "BETTER_AUTH_SECRET" "value" "betterAuthSecret" "example" "\"$(openssl rand -base64 32)\""
      "is" (ternary "too short: it needs at least 32 characters" "missing" (ne (trim $auth) ""))) -}}
{{- end -}}
{{- $versions := get $values "BETTER_AUTH_SECRETS" -}}
{{- if and (trim $versions) (not (regexMatch "^[0-9]+:[^,\\s]+(,[0-9]+:[^,\\s]+)*$" $versions)) -}}
{{- $problems = append $problems (dict "key" "BETTER_AUTH_SECRETS" "value" "betterAuthSecrets" "example" "'2:NEW\\,1:OLD'"
      "is" "malformed: it lists VERSION:SECRET, the current one first") -}}
{{- end -}}
{{- if and $known $problems -}}
{{- include "todo-stack.secretProblems" (dict "root" . "problems" $problems) | fail -}}
{{- end -}}
{{- end }}

{{/* The message. Takes a dict of "root" and "problems": dicts of "key", "value" (its name), "is", "example", "instead". */}}
{{- define "todo-stack.secretProblems" -}}
{{- $namespace := .root.Release.Namespace -}}
{{- $existing := .root.Values.secrets.existingSecret }}

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
