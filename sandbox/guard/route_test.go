package guard

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestCallsAreRecognisedByTheirPath(t *testing.T) {
	g := New(Config{})
	for request, want := range map[string]string{
		"POST /v1.41/containers/create":                "container create",
		"POST /containers/create":                      "container create",
		"POST /v1.999/containers/create":               "container create",
		"POST /v01.41.0/containers/create":             "container create",
		"POST /V1.41/containers/create":                "",
		"POST /v1.41x/containers/create":               "",
		"POST /v/containers/create":                    "",
		"POST //containers/create":                     "",
		"POST /v1.41/containers/create/":               "",
		"GET /v1.41/containers/create":                 "",
		"POST /v1.41/containers/web/start":             "container start web",
		"POST /v1.41/containers/%77eb/start":           "container start web",
		"POST /v1.41/containers/%2577eb/start":         "container start %77eb",
		"POST /v1.41/containers//start":                "",
		"POST /v1.41/containers/a/b/start":             "",
		"POST /v1.41/containers/web/attach/ws":         "",
		"POST /v1.41/containers/web/wait":              "",
		"DELETE /v1.41/containers/web":                 "container destroy web",
		"PUT /v1.41/containers/web/archive":            "container extract-to-dir web",
		"HEAD /v1.41/containers/web/archive":           "",
		"POST /v1.41/exec/0f/start":                    "container exec_start 0f",
		"POST /v1.41/images/lab.example:5000/a/b/tag":  "image tag lab.example:5000/a/b",
		"POST /v1.41/images/lab.example:5000/a/b/push": "image push lab.example:5000/a/b",
		"DELETE /v1.41/images/a/b":                     "image delete a/b",
		"POST /v1.41/images/prune":                     "image prune",
		"DELETE /v1.41/networks/a%2Fb":                 "network destroy a/b",
		"POST /v1.41/build":                            "image build",
		"POST /v1.41/build/prune":                      "build prune",
		"POST /v1.41/session":                          "",
		"POST /v1.41/grpc":                             "",
		"GET /_ping":                                   "",
	} {
		method, path := splitAt(request)
		c := g.recognise(httptest.NewRequest(method, path, http.NoBody))
		got := ""
		if c != nil {
			got = c.object + " " + c.action
			if c.ref != "" {
				got += " " + c.ref
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", request, got, want)
		}
	}
}

func splitAt(request string) (method, path string) {
	for i := range request {
		if request[i] == ' ' {
			return request[:i], request[i+1:]
		}
	}
	return request, ""
}

func TestNamesAreSpelledAsDockerImagesSpellsThem(t *testing.T) {
	for typed, want := range map[[2]string]string{
		{"httpd", ""}:                      "httpd:latest",
		{"docker.io/library/httpd", "2.4"}: "httpd:2.4",
		{"httpd:2.4", ""}:                  "httpd:2.4",
		{"lab.example:5000/web", ""}:       "lab.example:5000/web:latest",
		{"ana/web", "v1"}:                  "ana/web:v1",
		{"httpd", "sha256:" + strings.Repeat("0123abcd", 8)}:  "httpd@sha256:" + strings.Repeat("0123abcd", 8),
		{"httpd@sha256:" + strings.Repeat("0123abcd", 8), ""}: "httpd@sha256:" + strings.Repeat("0123abcd", 8),
		{"Not a Name", "v1"}: "Not a Name:v1",
	} {
		if got := tagged(typed[0], typed[1]); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

// What comes in parts is the same as what comes whole.
func TestAStreamIsReadHoweverItIsCut(t *testing.T) {
	text := "{\"stream\":\" ---> Running in 0123456789ab\"}\r\n" +
		"not JSON\r\n{\"stream\":\"" + strings.Repeat("x", maxLine) + "\"}\r\n" +
		"{\"aux\":{\"ID\":\"sha256:made\"}}\r\n{\"stream\":\"Loaded image: a:1\\n\"}\n{\"stream\":\"Loaded image ID: sha256:two\\n\"}\n" +
		"{\"errorDetail\":{\"message\":\"long\"},\"error\":\"short\"}"
	for _, size := range []int{1, 7, 4096, len(text)} {
		p := &progress{end: func(*progress, error) {}}
		for rest := []byte(text); len(rest) > 0; {
			n := min(size, len(rest))
			p.see(rest[:n])
			rest = rest[n:]
		}
		p.finish(nil)
		if p.left != "0123456789ab" || p.id != "sha256:made" || p.fault != "long" || len(p.loaded) != 2 || p.loaded[1] != "sha256:two" {
			t.Errorf("cut at %d: %+v", size, p)
		}
	}
}
