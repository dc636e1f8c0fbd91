{{/* A Kubernetes quantity, such as 250m or 192Mi, in thousandths of a core or byte; 0 when it is none that we know. */}}
{{- define "todo-stack.thousandths" -}}
{{- $text := toString . -}}
{{- $suffix := regexFind "[A-Za-z]+$" $text -}}
{{- $factors := dict "m" 1.0 "" 1e3 "k" 1e6 "M" 1e9 "G" 1e12 "T" 1e15
      "Ki" 1024e3 "Mi" 1048576e3 "Gi" 1073741824e3 "Ti" 1099511627776e3 -}}
{{- mulf (trimSuffix $suffix $text | float64) (get $factors $suffix | float64) | int64 -}}
{{- end }}

{{/* Thousandths as one writes them in values. Takes a dict of "resource" and "amount". */}}
{{- define "todo-stack.quantity" -}}
{{- eq .resource "cpu" | ternary (printf "%vm" .amount) (printf "%vMi" (div .amount 1048576000)) -}}
{{- end }}

{{/*
What each node has free of a resource, in thousandths, as a YAML list, the most first; empty without a cluster. Its name
is part of Helm's message to a user who may not list nodes and pods: templates cannot catch that.
*/}}
{{- define "todo-stack.free (needs to list nodes and pods; --set capacityCheck=off does without)" -}}
{{- $resource := . -}}
{{- $taken := dict -}}
{{- range $pod := (lookup "v1" "Pod" "" "").items -}}
{{- if and $pod.spec.nodeName (not (has $pod.status.phase (list "Succeeded" "Failed"))) -}}
{{- range $pod.spec.containers -}}
{{- $asked := dig "resources" "requests" $resource "0" . | include "todo-stack.thousandths" | int64 -}}
{{- $_ := set $taken $pod.spec.nodeName (add (get $taken $pod.spec.nodeName | int64) $asked) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $free := list -}}
{{- range $node := (lookup "v1" "Node" "" "").items -}}
{{- if not $node.spec.unschedulable -}}
{{- $offered := get $node.status.allocatable $resource | include "todo-stack.thousandths" | int64 -}}
{{- $free = append $free (max 0 (sub $offered (get $taken $node.metadata.name | int64))) -}}
{{- end -}}
{{- end -}}
{{- toYaml $free -}}
{{- end }}

{{/* The pods of each part that asks for a resource, as a YAML list of dicts. Takes a dict of "root" and "resource". */}}
{{- define "todo-stack.asked" -}}
{{- $values := .root.Values -}}
{{- $parts := list
      (dict "path" "backend" "pods" $values.backend.replicas "of" $values.backend.resources)
      (dict "path" "frontend" "pods" $values.frontend.replicas "of" $values.frontend.resources) -}}
{{- if $values.database.demo.enabled -}}
{{- $parts = append $parts (dict "path" "database.demo" "pods" 1 "of" $values.database.demo.resources) -}}
{{- end -}}
{{- $asked := list -}}
{{- range $parts -}}
{{- $each := dig "requests" $.resource (dig "limits" $.resource "0" .of) .of | include "todo-stack.thousandths" | int64 -}}
{{- if $each -}}
{{- $asked = append $asked (dict "path" .path "pods" .pods "each" $each "all" (mul .pods $each)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $asked -}}
{{- end }}

{{/*
Fails an install whose pods cannot all find a place, and names the value to lower. What it says is certain: no node is
asked for more than it has free, as the scheduler counts it, but where exactly pods would go is not worked out.
*/}}
{{- define "todo-stack.checkCapacity" -}}
{{- $root := . -}}
{{- $isLocal := (include "todo-stack.environmentDefaults" . | fromYaml).checksCapacity -}}
{{- if and .Release.IsInstall (ternary $isLocal (eq .Values.capacityCheck "on") (eq .Values.capacityCheck "auto")) -}}
{{- $problems := list -}}
{{- range $resource := list "cpu" "memory" -}}
{{- $free := include "todo-stack.free (needs to list nodes and pods; --set capacityCheck=off does without)" $resource | fromYamlArray -}}
{{- $asked := include "todo-stack.asked" (dict "root" $root "resource" $resource) | fromYamlArray -}}
{{- if $free -}}
{{- $problems = append $problems (include "todo-stack.lackOf" (dict "resource" $resource "free" $free "asked" $asked)) -}}
{{- end -}}
{{- end -}}
{{- with compact $problems -}}
{{- printf "\n\ntodo-stack does not fit into this cluster:\n%s\nTo install it all the same (what finds a place serves, the rest waits): --set capacityCheck=off\n" (join "" .) | fail -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What is lacking of a resource and the value that mends it; nothing when all may fit. Takes "resource", "free", "asked". */}}
{{- define "todo-stack.lackOf" -}}
{{- $allFree := 0 -}}
{{- $most := 0 -}}
{{- range .free -}}
{{- $allFree = add $allFree (int64 .) -}}
{{- $most = max $most (int64 .) -}}
{{- end -}}
{{- $allAsked := 0 -}}
{{- $largest := dict "all" 0 -}}
{{- $lacking := dict -}}
{{- range $part := .asked -}}
{{- $allAsked = add $allAsked (int64 $part.all) -}}
{{- if gt (int64 $part.all) (int64 $largest.all) -}}
{{- $largest = $part -}}
{{- end -}}
{{- $places := 0 -}}
{{- range $.free -}}
{{- $places = add $places (div (int64 .) (int64 $part.each)) -}}
{{- end -}}
{{- if lt $places (int64 $part.pods) -}}
{{- $lacking = $part -}}
{{- end -}}
{{- end -}}
{{- if or $lacking (gt $allAsked $allFree) -}}
{{- $part := $lacking | default $largest }}
  {{ .resource }}: the pods ask {{ range $i, $one := .asked }}{{ if $i }}, {{ end }}{{ $one.pods }} x {{ include "todo-stack.quantity" (dict "resource" $.resource "amount" (int64 $one.each)) }} ({{ $one.path }}){{ end }}; the nodes have free {{ range $i, $one := .free }}{{ if $i }}, {{ end }}{{ include "todo-stack.quantity" (dict "resource" $.resource "amount" (int64 $one)) }}{{ end }}.
{{- /* Enough for all on the emptiest node, and for one pod more: a rollout takes room for it. */ -}}
{{- $step := eq .resource "cpu" | ternary 10 16777216000 -}}
{{- $least := eq .resource "cpu" | ternary 10 67108864000 -}}
{{- $value := sub $most (sub $allAsked (int64 $part.all)) | max 0 -}}
{{- $value = mul $step (div (div $value (add (int64 $part.pods) 1)) $step) }}
{{- if ge $value (int64 $least) }}
    helm ... --set {{ $part.path }}.resources.requests.{{ .resource }}={{ include "todo-stack.quantity" (dict "resource" .resource "amount" $value) }}
{{- else }}
    Make room, or lower {{ $part.path }}.resources.requests.{{ .resource }}: what is free is too little to run with.
{{- end }}
{{ end -}}
{{- end }}
