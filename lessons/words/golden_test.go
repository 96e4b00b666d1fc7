package words

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kihon/checker"
	"kihon/lessons"
)

type args = map[string]string

// The advice, as the checker gives it.
var (
	runEx1   = "docker run --name apa000ex1 -d httpd"
	runEx2   = "docker run --name apa000ex2 -d -p 8080:80 httpd"
	remake1  = []string{"docker rm -f apa000ex1", runEx1}
	remake2  = []string{"docker rm -f apa000ex2", runEx2}
	start1   = []string{"docker start apa000ex1"}
	resetOwn = []string{"kihon reset ports/your-own-page"}
)

// sample is a finding about container apa000ex1 or apa000ex2, whichever the
// number says.
func sample(code string, number int, more args, wanted, found string, commands []string) checker.Finding {
	name := fmt.Sprintf("apa000ex%d", number)
	all := args{"container": name}
	for k, v := range more {
		all[k] = v
	}
	return checker.Finding{Code: code, Subject: "container " + name, Wanted: wanted, Found: found, Args: all, Commands: commands}
}

// samples are findings as they come from real mistakes, at least one a code.
func samples() []checker.Finding {
	engine := func(code, text string) checker.Finding {
		return checker.Finding{Code: code, Subject: "engine", Found: text, Args: args{"error": text}}
	}
	port := func(code, found, foundPort string) checker.Finding {
		more := args{"host_port": "8080", "container_port": "80"}
		if foundPort != "" {
			more["found_port"] = foundPort
		}
		return sample(code, 2, more, "8080->80/tcp", found, remake2)
	}
	url := "http://localhost:8080/"
	page := func(code, status, wanted, found string, commands []string) checker.Finding {
		f := sample(code, 2, args{"url": url, "status": status}, wanted, found, commands)
		f.Subject = url
		if code == checker.HTTPWrongBody {
			f.Args["found_body"] = found
		}
		return f
	}
	pull := func(code, asked, text string) checker.Finding {
		f := sample(code, 1, args{"image": "httpd", "exercise": "create-and-remove/run-apache", "asked_image": asked}, "apa000ex1 (httpd)", text, []string{runEx1})
		f.Subject = "image " + asked
		return f
	}
	file := func(code, wanted, found string) checker.Finding {
		return checker.Finding{Code: code, Subject: "file /tmp/only-here", Wanted: wanted, Found: found, Args: args{"container": "left", "path": "/tmp/only-here"}}
	}
	missing := args{"image": "httpd", "exercise": "create-and-remove/run-apache"}
	other := args{"image": "httpd", "found_container": "happy_morse"}
	taken := "driver failed programming external connectivity on endpoint apa000ex2: Bind for 0.0.0.0:8080 failed: port is already allocated"
	return []checker.Finding{
		engine(checker.EngineUnreachable, "dial unix /var/run/docker.sock: connect: no such file or directory"),
		engine(checker.EnginePermission, "dial unix /var/run/docker.sock: connect: permission denied"),
		engine(checker.EngineTimeout, "context deadline exceeded"),
		sample(checker.EngineOutsideSandbox, 2, nil, "", "made outside the sandbox", resetOwn),
		sample(checker.EngineOutsideSandbox, 1, nil, "absent", "", resetOwn),
		sample(checker.EngineOutsideSandbox, 1, args{"step": "stop"}, "stop|kill", "", resetOwn),

		{Code: checker.CourseInvalid, Subject: "course", Args: args{"file": "ports/exercises.yaml", "line": "12", "error": "unknown key \"prot\""}},
		{Code: checker.CourseInvalid, Subject: "course", Args: args{"error": "course.yaml: file does not exist"}},
		sample(checker.StartMissing, 2, args{"exercise": "ports/your-own-page"}, "apa000ex2", "", resetOwn),
		sample(checker.StartMissing, 2, args{"exercise": "ports/your-own-page"}, "", "made by kihon", resetOwn),
		{Code: checker.NothingChanged, Subject: "engine", Args: args{}},

		sample(checker.ContainerMissing, 1, missing, "apa000ex1 (httpd)", "missing", nil),
		sample(checker.ContainerMissing, 1, missing, "apa000ex1 (httpd)", "missing", []string{runEx1}),
		sample(checker.ContainerMissing, 1, missing, "apa000ex1 (httpd)", "No such container: httpd", []string{runEx1}),
		sample(checker.ContainerMissing, 2, args{"image": "", "exercise": "ports/your-own-page"}, "apa000ex2", "missing", resetOwn),
		sample(checker.ContainerNearName, 1, args{"image": "httpd", "found_container": "apa000exl"}, "", "apa000exl", []string{"docker rename apa000exl apa000ex1"}),
		sample(checker.ContainerOtherName, 1, other, "", "happy_morse", []string{"docker rename happy_morse apa000ex1"}),
		sample(checker.ContainerOtherName, 1, other, "", "happy_morse", []string{"docker rename happy_morse apa000ex1", "docker start apa000ex1"}),
		sample(checker.ContainerWrongImage, 1, args{"image": "httpd", "found_image": "busybox"}, "httpd", "busybox", remake1),
		sample(checker.ContainerDuplicate, 1, other, "", "happy_morse", []string{"docker rm -f sad_hopper", "docker rename happy_morse apa000ex1"}),
		sample(checker.ContainerDuplicate, 1, args{"found_container": "happy_morse"}, "running", "exited", []string{"docker rm -f happy_morse", "docker start apa000ex1"}),
		sample(checker.ContainerDuplicate, 2, args{"found_container": "happy_morse"}, "sakura", "It works!", []string{"docker rm -f happy_morse", "docker cp index.html apa000ex2:/usr/local/apache2/htdocs/index.html"}),
		sample(checker.ContainerNameInUse, 1, nil, "running", "exited", start1),
		sample(checker.ContainerNameInUse, 2, nil, "running", "created", remake2),
		sample(checker.ContainerNameInUse, 2, args{"holder": "apa000ex2-first", "host_port": "8080"}, "running", "created", append([]string{"docker rm -f apa000ex2-first"}, remake2...)),
		sample(checker.ContainerNameInUse, 1, args{"name": "web"}, "", "Conflict. The container name is already in use", []string{runEx1}),
		sample(checker.ContainerNotStarted, 1, nil, "running", "created", start1),
		sample(checker.ContainerNotStarted, 1, nil, "exited", "created", []string{"docker start apa000ex1", "docker stop apa000ex1"}),
		sample(checker.ContainerNotStarted, 1, nil, "running", "OCI runtime create failed: unable to start container process", remake1),
		sample(checker.ContainerNotStarted, 1, nil, "", "No command specified", []string{runEx1}),
		sample(checker.ContainerNotRunning, 1, args{"exit_code": "0"}, "running", "exited", start1),
		sample(checker.ContainerPaused, 1, args{"exit_code": "0"}, "running", "paused", []string{"docker unpause apa000ex1"}),
		sample(checker.ContainerPaused, 1, args{"exit_code": "0"}, "exited", "paused", []string{"docker unpause apa000ex1", "docker stop apa000ex1"}),
		sample(checker.ContainerExitedAtOnce, 1, args{"exit_code": "0", "command": "sh"}, "running", "exited", remake1),
		sample(checker.ContainerCrashed, 1, args{"exit_code": "2", "log": "ls: /htdocs: No such file or directory"}, "running", "exited (2)", remake1),
		sample(checker.ContainerCrashed, 1, args{"exit_code": "2"}, "running", "exited (2)", nil),
		sample(checker.ContainerCrashed, 2, args{"exit_code": "2"}, "running", "exited (2)", resetOwn),
		sample(checker.ContainerRestarting, 1, args{"exit_code": "1", "log": "no configuration"}, "running", "restarting", remake1),
		sample(checker.ContainerOutOfMemory, 1, args{"exit_code": "137"}, "running", "exited", remake1),
		sample(checker.ContainerKilledOnStop, 1, nil, "", "", nil),
		sample(checker.ContainerStillRunning, 1, nil, "exited", "running", []string{"docker stop apa000ex1"}),
		sample(checker.ContainerStillRunning, 1, nil, "absent", "running", []string{"docker stop apa000ex1", "docker rm apa000ex1"}),
		sample(checker.ContainerStillExists, 1, nil, "absent", "exited", []string{"docker rm apa000ex1"}),
		sample(checker.ContainerForeground, 1, nil, "running", "exited", start1),
		sample(checker.ContainerForeground, 1, nil, "", "", nil),
		sample(checker.ContainerOptionsAfterImage, 2, args{"options": "-d -p 8080:80", "image": "httpd"}, "", "-d -p 8080:80", remake2),
		sample(checker.ContainerCommandNotFound, 1, args{"command": "apache"}, "", "exec: \"apache\": executable file not found in $PATH", remake1),
		sample(checker.ContainerCommandNotExecutable, 1, args{"command": "/start.sh"}, "", "exec: \"/start.sh\": permission denied", remake1),
		sample(checker.ContainerQuotedCommand, 1, args{"command": "echo hello"}, "", "exec: \"echo hello\": executable file not found in $PATH", remake1),

		port(checker.PortNotPublished, "not published", ""),
		port(checker.PortReversed, "80->8080/tcp", ""),
		port(checker.PortWrongHostPort, "8880->80/tcp", "8880"),
		port(checker.PortWrongContainerPort, "8080->8080/tcp", "8080/tcp"),
		port(checker.PortRandomHostPort, "49153->80/tcp", "49153"),
		sample(checker.PortInUseByContainer, 2, args{"host_port": "8080", "holder": "apa000ex2-first"}, "", taken, append([]string{"docker rm -f apa000ex2-first"}, remake2...)),
		sample(checker.PortInUseByContainer, 2, args{"host_port": "8080", "holder": ""}, "", taken, remake2),
		sample(checker.PortInUseByContainer, 2, args{"host_port": "8080"}, "", taken, []string{runEx2}),
		sample(checker.PortInUseByProgram, 2, args{"host_port": "8080"}, "", "listen tcp4 0.0.0.0:8080: bind: address already in use",
			[]string{"docker rm -f apa000ex2", "docker run --name apa000ex2 -d -p 18080:80 httpd"}),

		page(checker.HTTPNoAnswer, "0", "status 200", "connection refused", []string{"docker logs apa000ex2"}),
		page(checker.HTTPWrongStatus, "403", "status 200", "status 403", []string{"docker exec apa000ex2 chmod 644 /usr/local/apache2/htdocs/index.html"}),
		page(checker.HTTPWrongStatus, "404", "status 200", "status 404", nil),
		page(checker.HTTPWrongStatus, "500", "status 200", "status 500", nil),
		page(checker.HTTPWrongBody, "200", "sakura", "<h1>It works!</h1>", []string{"docker cp index.html apa000ex2:/usr/local/apache2/htdocs/index.html"}),
		page(checker.HTTPWrongBody, "200", "/usr/local/apache2/htdocs/index.html", "hello", remake2),
		page(checker.HTTPWrongBody, "200", "sakura", "empty", nil),

		{Code: checker.ImageMissing, Subject: "image httpd", Wanted: "present", Args: args{"image": "httpd"}, Commands: []string{"docker pull httpd"}},
		pull(checker.ImageMissing, "httpd", "unexpected status: 500"),
		pull(checker.ImageNearName, "htpd", "pull access denied for htpd"),
		pull(checker.ImageNotInRegistry, "my-web", "pull access denied for my-web"),
		pull(checker.ImageTagNotFound, "httpd:9.9", "manifest for httpd:9.9 not found"),
		{Code: checker.ImageStillExists, Subject: "image httpd", Wanted: "absent", Args: args{"image": "httpd"}, Commands: []string{"docker image rm httpd"}},
		pull(checker.ImageRateLimit, "httpd", "toomanyrequests"),
		pull(checker.ImageRegistryUnreachable, "httpd", "dial tcp: lookup"),
		pull(checker.ImagePlatform, "httpd", "no matching manifest for linux/arm64/v8"),

		file(checker.FileMissing, "", ""),
		file(checker.FileWrongContent, "hello", ""),
		file(checker.FileUnexpected, "", "present"),

		sample(checker.MountSourceEmpty, 2, args{"path": "/usr/local/apache2/htdocs", "url": url}, "", "/usr/local/apache2/htdocs", resetOwn),
		sample(checker.MountFileAndFolder, 2, nil, "", "not a directory", resetOwn),
		sample(checker.NetworkMissing, 1, args{"network": "shop"}, "", "network shop not found", remake1),

		sample(checker.HistoryMissingStep, 1, args{"step": "stop"}, "stop|kill", "", []string{"docker start apa000ex1", "docker stop apa000ex1"}),
		sample(checker.HistoryMissingStep, 1, args{"step": "destroy"}, "destroy", "", []string{"kihon reset create-and-remove/remove-apache"}),
		sample(checker.HistoryWrongOrder, 1, args{"step": "destroy"}, "stop|kill, destroy", "destroy, stop", []string{"kihon reset create-and-remove/remove-apache"}),
		sample(checker.HistoryGap, 1, args{"step": "stop"}, "stop|kill", "", []string{"docker start apa000ex1", "docker stop apa000ex1"}),

		{Code: checker.AnswerMissing, Subject: "answer", Args: args{"exercise": "create-and-remove/look", "container": "apa000ex1"}},
		{Code: checker.AnswerMissing, Subject: "answer", Args: args{"exercise": "ports/which-side"}},
		{Code: checker.AnswerWrong, Subject: "answer", Found: "httpd", Args: args{"exercise": "create-and-remove/look", "container": "apa000ex1", "answer": "httpd"}},
		{Code: checker.AnswerWrong, Subject: "answer", Found: "2", Args: args{"exercise": "ports/which-side", "answer": "2", "choice": "2"}},
	}
}

// The golden files are to be read aloud, as a nervous newcomer would.
func TestFindingsAsPeopleReadThem(t *testing.T) {
	var shown []string
	for _, l := range lessons.Languages() {
		var b strings.Builder
		for _, f := range samples() {
			shown = append(shown, f.Code)
			message, next := For(l).Finding(f)
			fmt.Fprintf(&b, "== %s\n%s\n%s\n", f.Code, message, next)
			for _, command := range f.Commands {
				fmt.Fprintf(&b, "    $ %s\n", command)
			}
			b.WriteString("\n")
		}
		golden(t, "findings."+string(l)+".golden", b.String())
	}
	for _, code := range checker.Codes() {
		if !slices.Contains(shown, code) {
			t.Errorf("no sample of %s", code)
		}
	}
}
