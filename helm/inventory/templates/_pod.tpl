{{/* What all pods of our image have in common. */}}

{{/* In line with the Pod Security Standard "restricted". */}}
{{- define "inventory.podSecurityContext" -}}
runAsNonRoot: true
{{- with int .Values.runAs }}
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
{{- end }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "inventory.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "inventory.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A probe of the HTTP port at the path, behind the root. */}}
{{- define "inventory.httpProbe" -}}
{{- $root := index . 0 -}}
{{- $https := and (include "inventory.tlsSecret" $root) (not $root.Values.metrics.plaintext) -}}
httpGet: {path: {{ index . 1 }}, port: metrics, scheme: {{ ternary "HTTPS" "HTTP" (not (not $https)) }}}
{{- end }}

{{- define "inventory.readyProbe" -}}
{{- if include "inventory.tlsSecret" . -}}
{{ include "inventory.httpProbe" (list . "/readyz") }}
{{- else -}}
grpc: {port: 50051}
{{- end -}}
{{- end }}

{{- define "inventory.placing" -}}
{{- if .Values.topologySpread.enabled }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: {{ $.Values.topologySpread.whenUnsatisfiable }}
    # Old and new servers of a rollout are not weighed against each other.
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "inventory.selector" (list $ "server") | nindent 8 }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
