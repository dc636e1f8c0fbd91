{{/* Name of the Secret with the keys. */}}
{{- define "todo-stack.secretName" -}}
{{- (.Values.secrets).existingSecret | default (printf "%s-secrets" (include "todo-stack.fullname" .)) -}}
{{- end }}

{{/* Name of the Secret that holds a key. Takes a dict of "root" and "key". */}}
{{- define "todo-stack.secretOf" -}}
{{- if and (eq .key "DATABASE_URL") ((.root.Values.database).demo).enabled -}}
{{- include "todo-stack.fullname" .root }}-database
{{- else -}}
{{- include "todo-stack.secretName" .root -}}
{{- end -}}
{{- end }}

{{/* The keys that the backend's pods use, as a YAML list. */}}
{{- define "todo-stack.backendKeys" -}}
{{- eq (.Values.assistant).provider "builtin" | ternary (list "DATABASE_URL") (list "DATABASE_URL" "OPENAI_API_KEY") | toYaml -}}
{{- end }}

{{/* The keys that the frontend's pods use, as a YAML list. */}}
{{- define "todo-stack.frontendKeys" -}}
{{- list "DATABASE_URL" "BETTER_AUTH_SECRET" "BETTER_AUTH_SECRETS" "SMTP_URL" | toYaml -}}
{{- end }}

{{/* Says `true` for a key that the pods read from a file, again and again. Takes a dict of "root" and "key". */}}
{{- define "todo-stack.isFile" -}}
{{- if and (.root.Values.secrets).mountAsFiles (has .key (list "DATABASE_URL" "OPENAI_API_KEY")) }}true{{ end -}}
{{- end }}

{{/* A key as a variable, or the path of its file. Takes a dict of "root", "key" and perhaps "optional". */}}
{{- define "todo-stack.secretVariable" -}}
{{- if include "todo-stack.isFile" . -}}
- name: {{ .key }}_FILE
  value: /run/secrets/todo-stack/{{ .key }}
{{- else -}}
- name: {{ .key }}
  valueFrom:
    secretKeyRef:
      name: {{ include "todo-stack.secretOf" . | quote }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end -}}
{{- end }}

{{/* The volume with the keys that a pod reads from files, and no other key. Takes a dict of "root" and "keys". */}}
{{- define "todo-stack.secretVolume" -}}
{{- if (.root.Values.secrets).mountAsFiles -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $key := .keys }}
      {{- if include "todo-stack.isFile" (dict "root" $.root "key" $key) }}
      - secret:
          name: {{ include "todo-stack.secretOf" (dict "root" $.root "key" $key) | quote }}
          items: [{key: {{ $key }}, path: {{ $key }}}]
      {{- end }}
      {{- end }}
{{- end -}}
{{- end }}

{{- define "todo-stack.secretMount" -}}
{{- if (.Values.secrets).mountAsFiles -}}
- {name: secrets, mountPath: /run/secrets/todo-stack, readOnly: true}
{{- end -}}
{{- end }}

{{/* The secret values given to the chart, by key, as YAML. */}}
{{- define "todo-stack.secretValues" -}}
{{- $given := (.Values.secrets).values | default dict -}}
{{- $values := dict "OPENAI_API_KEY" (trim ($given.openaiApiKey | default "")) "BETTER_AUTH_SECRET" (trim ($given.betterAuthSecret | default "")) -}}
{{- if not ((.Values.database).demo).enabled -}}
{{- $_ := set $values "DATABASE_URL" (trim ($given.databaseUrl | default "")) -}}
{{- end -}}
{{- with trim ($given.betterAuthSecrets | default "") -}}
{{- $_ := set $values "BETTER_AUTH_SECRETS" . -}}
{{- end -}}
{{- with trim ($given.smtpUrl | default "") -}}
{{- $_ := set $values "SMTP_URL" . -}}
{{- end -}}
{{- toYaml $values -}}
{{- end }}

{{/*
What Helm can know of the keys' values, as YAML: those given, or those in the existing Secret when Helm talks to the
cluster and it is there; nothing else.
*/}}
{{- define "todo-stack.knownSecrets" -}}
{{- if (.Values.secrets).existingSecret -}}
{{- $values := dict -}}
{{- range $key, $value := (lookup "v1" "Secret" .Release.Namespace (.Values.secrets).existingSecret).data -}}
{{- $_ := set $values $key (b64dec $value) -}}
{{- end -}}
{{- toYaml $values -}}
{{- else -}}
{{- include "todo-stack.secretValues" . -}}
{{- end -}}
{{- end }}

{{/* Says `true` unless the keys are in an existing Secret that Helm cannot see (now). */}}
{{- define "todo-stack.secretsAreKnown" -}}
{{- $existing := (.Values.secrets).existingSecret -}}
{{- if or (not $existing) (lookup "v1" "Secret" .Release.Namespace $existing) }}true{{ end -}}
{{- end }}

{{/*
Annotation that rolls a component's pods when a key changes that they have as a variable: the hash of those values, or of
`secrets.revision` where Helm cannot see them. A generated password is left out: it never changes. Nothing at all when
every key is a file. Takes a dict of "root" and "keys".
*/}}
{{- define "todo-stack.secretsChecksum" -}}
{{- $values := .root.Values -}}
{{- $known := include "todo-stack.knownSecrets" .root | fromYaml -}}
{{- $areKnown := include "todo-stack.secretsAreKnown" .root -}}
{{- $used := dict -}}
{{- range $key := .keys -}}
{{- if include "todo-stack.isFile" (dict "root" $.root "key" $key) -}}
{{- else if and (eq $key "DATABASE_URL") (($values.database).demo).enabled -}}
{{- $_ := set $used $key (printf "demo %s" ((($values.database).demo).password | default "")) -}}
{{- else if not $areKnown -}}
{{- $_ := set $used $key (printf "revision %s" (($values.secrets).revision | default "")) -}}
{{- else -}}
{{- $_ := set $used $key (get $known $key) -}}
{{- end -}}
{{- end -}}
{{- if $used -}}
checksum/secrets: {{ toJson $used | sha256sum }}
{{- end -}}
{{- end }}
