package compare_test

import (
	"strings"
	"testing"
	"time"

	"kihon/checker"
)

// causesOfAnswers are the stories about a container that runs with the right
// port, and whose page is not what is demanded.
func causesOfAnswers() []story {
	again := []string{"docker rm -f apa000ex2", runWeb}
	kihons := made(web, publish("8080:80"), by(checker.Kihon))
	mine := made(web, publish("8080:80"))
	copied := []string{"docker cp index.html apa000ex2:/usr/local/apache2/htdocs/index.html"}
	emptyFolder := answers(403, "Forbidden", checker.File{}).with(mine)
	emptyFolder.empty = map[string][]string{web: {"/usr/local/apache2/htdocs"}}
	return []story{
		{
			name: "nobody listens yet", task: reachApache, scene: silentPort("connection refused").with(mine),
			code: checker.HTTPNoAnswer, subject: url, wanted: "status 200", found: "connection refused",
			args: map[string]string{"url": url, "container": web}, commands: []string{"docker logs apa000ex2"},
		},
		{
			name: "a shell that stays, in place of the server", task: reachApache,
			scene: silentPort("EOF").with(made(web, publish("8080:80"), command("bash"))),
			code:  checker.HTTPNoAnswer, found: "EOF", commands: again,
		},
		{
			name: "the page is not there", task: ownPage, scene: answers(404, "Not Found", checker.File{}).with(kihons),
			code: checker.HTTPWrongStatus, subject: url, wanted: "status 200", found: "status 404", args: map[string]string{"status": "404"},
		},
		{
			name: "the server may not read the file", task: ownPage, scene: answers(403, "Forbidden", checker.File{}).with(kihons),
			code: checker.HTTPWrongStatus, found: "status 403", args: map[string]string{"status": "403"},
			commands: []string{"docker exec apa000ex2 chmod 644 /usr/local/apache2/htdocs/index.html"},
		},
		{
			name: "forbidden, and the solution puts no file anywhere", task: reachApache, scene: answers(403, "Forbidden", checker.File{}).with(mine),
			code: checker.HTTPWrongStatus, found: "status 403",
		},
		{
			name: "forbidden by an empty folder", task: reachApache, scene: emptyFolder,
			code: checker.MountSourceEmpty, subject: "container apa000ex2", found: "/usr/local/apache2/htdocs",
			args: map[string]string{"path": "/usr/local/apache2/htdocs"}, commands: []string{"kihon reset ports/reach-apache"},
		},
		{
			name: "the image's page was changed", task: reachApache,
			scene: answers(200, "hello\n", checker.File{Exists: true, Content: []byte("hello\n"), Changed: true}).with(mine),
			code:  checker.HTTPWrongBody, subject: url, wanted: page, found: "hello", args: map[string]string{"found_body": "hello"}, commands: again,
		},
		{
			name: "the image's page was changed, and what it was like is known", task: reachApache,
			scene: scene{
				http:      map[string]checker.HTTPAnswer{url: {Status: 200, Body: []byte("hello\n")}},
				originals: map[checker.FileKey]string{{Container: web, Path: page}: checker.Digest([]byte(welcome))},
			}.with(mine),
			code: checker.HTTPWrongBody, wanted: page, found: "hello", commands: again,
		},
		{
			name: "another page than the file", task: reachApache,
			scene: answers(200, "\n\n  <h1>Index of /</h1>\n", checker.File{Exists: true, Content: []byte(welcome)}).with(mine),
			code:  checker.HTTPWrongBody, found: "<h1>Index of /</h1>", commands: again,
		},
		{
			name: "the file is gone", task: reachApache, scene: answers(200, "", checker.File{}).with(mine),
			code: checker.HTTPWrongBody, found: "empty", commands: again,
		},
		{
			name: "the word is not in the page", task: ownPage, scene: answers(200, welcome, checker.File{}).with(kihons),
			code: checker.HTTPWrongBody, wanted: "sakura", found: "<html><body><h1>It works!</h1></body></html>", commands: copied,
		},
		{
			name: "the word in capitals is another word", task: ownPage, scene: answers(200, "SAKURA", checker.File{}).with(kihons),
			code: checker.HTTPWrongBody, found: "SAKURA", commands: copied,
		},
		{
			name: "an error page that holds the word", task: ownPage, scene: answers(500, "sakura", checker.File{}).with(kihons),
			code: checker.HTTPWrongStatus, found: "status 500",
		},
		{
			name: "run in place of exec, so that the page is in another container", task: ownPage,
			scene: answers(200, welcome, checker.File{}).with(
				made(web, publish("8080:80"), by(checker.Kihon), createdAt(now.Add(-2*time.Minute))),
				made("brave_turing", lived(0, time.Millisecond), command("sh", "-c", "echo sakura > "+page))),
			code: checker.ContainerDuplicate, args: map[string]string{"container": web, "found_container": "brave_turing"},
			commands: append([]string{"docker rm -f brave_turing"}, copied...),
		},
		{
			name: "the container was stopped", task: ownPage, scene: there(made(web, exited(0), by(checker.Kihon))),
			code: checker.ContainerNotRunning, wanted: "running", commands: []string{"docker start apa000ex2"},
		},
		{
			name: "where the exercise asks for nothing but the page", scene: there(made(web, exited(0))),
			task: task("a/page", httpCheck(checker.HTTPFact{URL: url, Container: web})),
			code: checker.ContainerNotRunning, commands: []string{"docker start apa000ex2"},
		},
		{
			name: "the port comes before the page, also where the exercise lists it later", scene: silentPort("connection refused").with(made(web)),
			task: task("a/page", httpCheck(checker.HTTPFact{URL: url, Container: web}), portCheck(checker.PortFact{Container: web, Host: 8080, Inside: 80})),
			code: checker.PortNotPublished, wanted: "8080->80/tcp",
		},
	}
}

func TestWhyAPageIsNotWhatItShouldBe(t *testing.T) { tell(t, causesOfAnswers()) }

// The folder explains nothing about a page that lies elsewhere.
func TestAnEmptyFolderElsewhereIsNotTheCause(t *testing.T) {
	s := answers(200, "hello\n", checker.File{Exists: true, Content: []byte("hello\n"), Changed: true}).with(made(web, publish("8080:80")))
	s.empty = map[string][]string{web: {"/data"}}
	tell(t, []story{{
		name: "the page has been changed, and /data is empty", task: reachApache, scene: s,
		code: checker.HTTPWrongBody, found: "hello", commands: []string{"docker rm -f apa000ex2", runWeb},
	}})
}

// What a page begins with is shown to the learner and may come from anybody.
func TestWhatAPageBeginsWithIsShortAndHarmless(t *testing.T) {
	long := strings.Repeat("あ", 100)
	for name, c := range map[string]struct{ body, found string }{
		"escape sequences":   {"\x1b[2J\x1b]0;owned\a<p>hi</p>\n", "<p>hi</p>"},
		"nothing but spaces": {" \n\t\n", "empty"},
		"a long line":        {long, strings.Repeat("あ", 60) + "…"},
		"carriage returns":   {"over\rwritten", "overwritten"},
		"no text at all":     {"\x00\x01\x02", "empty"},
	} {
		tell(t, []story{{
			name: name, task: ownPage, scene: answers(200, c.body, checker.File{}).with(made(web, publish("8080:80"))),
			code: checker.HTTPWrongBody, found: c.found, commands: ownPage.Solution,
		}})
	}
}

// causesOfFiles are the stories about a file in a container.
func causesOfFiles() []story {
	const path = "/tmp/only-here"
	key := checker.FileKey{Container: box, Path: path}
	holds := func(f checker.File) scene {
		return scene{have: []*checker.Container{made(box, exited(0))}, files: map[checker.FileKey]checker.File{key: f}}
	}
	wants := func(f checker.FileFact) checker.Task {
		f.Container, f.Path = box, path
		return task("a/file", fileCheck(f))
	}
	return []story{
		{
			name: "it is not there", task: wants(checker.FileFact{}), scene: holds(checker.File{}),
			code: checker.FileMissing, subject: "file /tmp/only-here", args: map[string]string{"path": path, "container": box},
		},
		{
			name: "it says something else", task: wants(checker.FileFact{Contains: "sakura"}), scene: holds(checker.File{Exists: true, Content: []byte("momiji\n")}),
			code: checker.FileWrongContent, subject: "file /tmp/only-here", wanted: "sakura",
		},
		{
			name: "it is not there and should say something", task: wants(checker.FileFact{Contains: "sakura"}), scene: holds(checker.File{}),
			code: checker.FileMissing, subject: "file /tmp/only-here",
		},
		{
			name: "it is there and should not be", task: wants(checker.FileFact{Absent: true}), scene: holds(checker.File{Exists: true}),
			code: checker.FileUnexpected, found: "present",
		},
		{
			name: "its container is not there", task: wants(checker.FileFact{}), code: checker.ContainerMissing, subject: "container apa000ex1",
		},
		{
			name: "its container is somebody else's", task: wants(checker.FileFact{}), scene: there(made(box, by(""))),
			code: checker.EngineOutsideSandbox, commands: []string{"kihon reset a/file"},
		},
	}
}

func TestWhyAFileIsNotAsItIsDemanded(t *testing.T) { tell(t, causesOfFiles()) }
