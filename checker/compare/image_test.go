package compare_test

import (
	"testing"

	"kihon/checker"
)

// What the engine answers to a pull that fails: 20.10 to 29, with the older
// image store and with containerd's.
const (
	pullNotThere   = "pull access denied for htpd, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"
	pullNoTag      = "manifest for httpd:9.9 not found: manifest unknown: manifest unknown"
	pullRateLimit  = "toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit"
	pullNoNetwork  = `Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host`
	pullNoPlatform = "no matching manifest for linux/arm64/v8 in the manifest list entries"
)

// causesOfImages are the stories about images: asked for by name, or in the
// way of a container.
func causesOfImages() []story {
	present := func(ref string) checker.Task { return task("a/image", imageCheck(checker.ImageFact{Reference: ref})) }
	absent := task("a/image", imageCheck(checker.ImageFact{Reference: "httpd", State: "absent"}))
	pull := func(ref string) []string { return []string{"docker pull " + ref} }
	return []story{
		{
			name: "not there", task: present("httpd"), code: checker.ImageMissing, subject: "image httpd", wanted: "present",
			args: map[string]string{"image": "httpd"}, commands: pull("httpd"),
		},
		{
			name: "still there", task: absent, scene: scene{images: map[string]string{"httpd": "httpd"}},
			code: checker.ImageStillExists, subject: "image httpd", wanted: "absent", commands: []string{"docker image rm httpd"},
		},
		{
			name: "its registry does not know it", task: present("htpd"), scene: scene{then: []checker.Event{pullDenied("htpd:latest", pullNotThere)}},
			code: checker.ImageNotInRegistry, found: pullNotThere, commands: pull("htpd"),
		},
		{
			name: "its registry does not know the tag", task: present("httpd:9.9"), scene: scene{then: []checker.Event{pullDenied("httpd:9.9", pullNoTag)}},
			code: checker.ImageTagNotFound, found: pullNoTag, commands: pull("httpd:9.9"),
		},
		{
			name: "pulled too often", task: present("httpd"), scene: scene{then: []checker.Event{pullDenied("httpd:latest", pullRateLimit)}},
			code: checker.ImageRateLimit, found: pullRateLimit, commands: pull("httpd"),
		},
		{
			name: "its registry cannot be reached", task: present("httpd"), scene: scene{then: []checker.Event{pullDenied("httpd:latest", pullNoNetwork)}},
			code: checker.ImageRegistryUnreachable, commands: pull("httpd"),
		},
		{
			name: "not made for this machine", task: present("httpd"), scene: scene{then: []checker.Event{pullDenied("httpd:latest", pullNoPlatform)}},
			code: checker.ImagePlatform, commands: pull("httpd"),
		},
		{
			name: "another pull than that of the image failed", task: present("httpd"), scene: scene{then: []checker.Event{pullDenied("busybox:latest", pullRateLimit)}},
			code: checker.ImageMissing, commands: pull("httpd"),
		},
		{
			name: "a slip in the image's name", task: runApache,
			scene: scene{then: []checker.Event{denied("create", box, 404, "No such image: htpd:latest"), pullDenied("htpd:latest", pullNotThere)}},
			code:  checker.ImageNearName, subject: "image htpd:latest", found: pullNotThere,
			args: map[string]string{"asked_image": "htpd:latest", "image": "httpd"}, commands: []string{runBox},
		},
		{
			name: "a slip in the image's name while no registry can be reached", task: runApache,
			scene: scene{then: []checker.Event{denied("create", box, 404, "No such image: htpd:latest"), pullDenied("htpd:latest", pullNoNetwork)}},
			code:  checker.ImageNearName, commands: []string{runBox},
		},
		{
			name: "an image of another name", task: runApache,
			scene: scene{then: []checker.Event{pullDenied("apache-webserver:latest", pullNotThere)}},
			code:  checker.ImageNotInRegistry, subject: "image apache-webserver:latest", commands: []string{runBox},
		},
		{
			name: "the right image, and no network", task: runApache, scene: scene{then: []checker.Event{pullDenied("httpd:latest", pullNoNetwork)}},
			code: checker.ImageRegistryUnreachable, subject: "image httpd:latest", commands: []string{runBox},
		},
		{
			name: "the right image with a tag that is not there", task: runApache, scene: scene{then: []checker.Event{pullDenied("httpd:9.9", pullNoTag)}},
			code: checker.ImageTagNotFound, commands: []string{runBox},
		},
		{
			name: "made without pulling", task: runApache, scene: scene{then: []checker.Event{denied("create", box, 404, "No such image: httpd:latest")}},
			code: checker.ImageMissing, found: "No such image: httpd:latest", args: map[string]string{"image": "httpd"}, commands: []string{runBox},
		},
	}
}

func TestWhyAnImageIsNotThere(t *testing.T) { tell(t, causesOfImages()) }

func TestTheEnginesWordsForAPullThatFailed(t *testing.T) {
	for name, c := range map[string]struct{ message, code string }{
		"not in the registry":                 {pullNotThere, checker.ImageNotInRegistry},
		"not in the registry, containerd's":   {"pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed", checker.ImageNotInRegistry},
		"no such tag":                         {pullNoTag, checker.ImageTagNotFound},
		"no such tag, containerd's":           {`failed to resolve reference "docker.io/library/httpd:9.9": docker.io/library/httpd:9.9: not found`, checker.ImageTagNotFound},
		"rate limit":                          {pullRateLimit, checker.ImageRateLimit},
		"rate limit, containerd's":            {`failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/httpd/blobs/x: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.`, checker.ImageRateLimit},
		"no name service":                     {pullNoNetwork, checker.ImageRegistryUnreachable},
		"no name service, containerd's":       {`failed to resolve reference "docker.io/library/httpd:latest": failed to do request: Head "https://registry-1.docker.io/v2/library/httpd/manifests/latest": dial tcp: lookup registry-1.docker.io: no such host`, checker.ImageRegistryUnreachable},
		"nobody answers":                      {`Get "https://registry-1.docker.io/v2/": dial tcp 127.0.0.1:443: connect: connection refused`, checker.ImageRegistryUnreachable},
		"it took too long":                    {`Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`, checker.ImageRegistryUnreachable},
		"it took too long, newer":             {`Get "https://registry-1.docker.io/v2/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, checker.ImageRegistryUnreachable},
		"it took too long to agree on a key":  {`Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout`, checker.ImageRegistryUnreachable},
		"it broke off":                        {`Get "https://registry-1.docker.io/v2/": EOF`, checker.ImageRegistryUnreachable},
		"no such platform":                    {pullNoPlatform, checker.ImagePlatform},
		"no such platform, containerd's":      {"no matching manifest for linux/arm64/v8 in the manifest list entries: no match for platform in manifest: not found", checker.ImagePlatform},
		"a reason that nobody has heard of":   {"the registry is on holiday", checker.ImageMissing},
		"a digest that the registry has not":  {"manifest for httpd@sha256:0000000000000000000000000000000000000000000000000000000000000000 not found: manifest unknown: manifest unknown", checker.ImageTagNotFound},
		"a proxy that is switched off behind": {`Get "https://registry-1.docker.io/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: i/o timeout`, checker.ImageRegistryUnreachable},
	} {
		tell(t, []story{{
			name: name, task: task("a/image", imageCheck(checker.ImageFact{Reference: "httpd"})), scene: scene{then: []checker.Event{pullDenied("httpd:latest", c.message)}},
			code: c.code, commands: []string{"docker pull httpd"},
		}})
	}
}
