package compare_test

import (
	"testing"

	"github.com/docker/go-connections/nat"

	"kihon/checker"
)

// Right work that does not look like the lesson's own. To refuse it would be
// the worst defect there is.

func TestAnyNameOfTheRightImageWillDo(t *testing.T) {
	digest := "httpd@" + imageID("manifest of httpd")
	running := task("a/run", containerCheck(checker.ContainerFact{Name: box, Image: "httpd", State: "running"}))
	known := scene{images: map[string]string{"httpd": "httpd"}}
	for name, c := range map[string]*checker.Container{
		"its name":                  made(box),
		"with its tag":              made(box, named("httpd:latest", "httpd")),
		"with its library":          made(box, named("library/httpd", "httpd")),
		"in full":                   made(box, named("docker.io/library/httpd:latest", "httpd")),
		"with the registry's alias": made(box, named("index.docker.io/library/httpd", "httpd")),
		"its ID":                    made(box, named(imageID("httpd"), "httpd")),
		"its short ID":              made(box, named(imageID("httpd")[7:19], "httpd")),
		"its digest":                made(box, named(digest, "httpd")),
		"another name of the same":  made(box, named("my-apache:2", "httpd")),
	} {
		accept(t, []right{{name: name, task: running, scene: known.with(c)}})
	}
	tell(t, []story{
		{
			name: "but not another image, though it has a longer name", task: running, scene: known.with(made(box, from("httpd-proxy"))),
			code: checker.ContainerWrongImage, commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "nor somebody else's of the same name", task: running, scene: known.with(made(box, from("someone/httpd"))),
			code: checker.ContainerWrongImage, found: "someone/httpd", commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "nor another tag", task: running, scene: known.with(made(box, from("httpd:2.4-alpine"))),
			code: checker.ContainerWrongImage, found: "httpd:2.4-alpine", commands: []string{"docker rm -f apa000ex1", runBox},
		},
	})
}

func TestAnyWayToTheDemandedPortWillDo(t *testing.T) {
	for name, change := range map[string]func(*checker.Container){
		"as the lesson has it":                      publish("8080:80"),
		"with the protocol":                         publish("8080:80/tcp"),
		"every address written out":                 publish("0.0.0.0:8080:80"),
		"this computer only":                        publish("127.0.0.1:8080:80"),
		"IPv6":                                      publish("[::1]:8080:80"),
		"in a range":                                publish("8079-8081:79-81"),
		"from a range of host ports":                rangeChosen("8080-8090", "8080"),
		"with more ports":                           publish("8080:80", "8443:443"),
		"another host port for the same one inside": publish("8080:80", "127.0.0.1::80"),
		"udp beside it":                             publish("8080:80", "8080:80/udp"),
		"chosen by Docker, and it was that one":     publishAll("8080"),
		"both a number and all of them":             func(c *checker.Container) { publish("8080:80")(c); c.HostConfig.PublishAllPorts = true },
	} {
		accept(t, []right{{name: name, task: reachApache, scene: works().with(made(web, change))}})
	}
	dns := task("a/dns", portCheck(checker.PortFact{Container: web, Host: 5353, Inside: 53, Protocol: "udp"}))
	accept(t, []right{
		{name: "udp", task: dns, scene: there(made(web, publish("5353:53/udp")))},
		{name: "udp and tcp", task: dns, scene: there(made(web, publish("5353:53/udp", "5353:53")))},
	})
}

// rangeChosen is -p 8080-8090:80, of which the engine has taken the first free.
func rangeChosen(asked, chosen string) func(*checker.Container) {
	return func(c *checker.Container) {
		c.HostConfig.PortBindings = nat.PortMap{"80/tcp": {{HostPort: asked}}}
		bind(c, nat.PortMap{"80/tcp": {{HostPort: chosen}}})
	}
}

func TestAnyWayToARunningContainerWillDo(t *testing.T) {
	first := made(box, created)
	second := made(box)
	renamed := made(box)
	accept(t, []right{
		{name: "created, then started", task: runApache, scene: there(second).and(did("start", second))},
		{name: "stopped and started again", task: runApache, scene: there(second).and(did("stop", second), did("start", second))},
		{name: "refused at first", task: runApache, scene: there(second).and(nameConflict(second), did("start", second))},
		{name: "refused once more after it ran", task: runApache, scene: there(second).and(nameConflict(second))},
		{name: "made under another name, then renamed", task: runApache, scene: there(renamed).and(did("rename", renamed))},
		{name: "beside leftovers", task: runApache, scene: there(second, made("brave_turing", exited(1)), made("apa00ex1", created))},
		{name: "beside somebody else's", task: runApache, scene: there(second, made("theirs", by("")))},
		{name: "with a program of one's own", task: runApache, scene: there(made(box, command("httpd", "-DFOREGROUND")))},
		{name: "started by somebody else", task: runApache, scene: there(second).and(befell("start", second))},
		{name: "made before, started by kihon", task: ownPage, scene: answers(200, "sakura", checker.File{}).with(made(web, publish("8080:80"), by(checker.Kihon)))},
		{name: "made from an image of one's own", task: ownPage, scene: answers(200, "sakura", checker.File{}).with(made(web, publish("8080:80"), from("my-page")))},
		{
			name: "the earlier of the name is gone", task: runApache,
			scene: there(second).and(checker.Event{Kind: "call", Actor: checker.Learner, Object: "container", Action: "destroy", ID: id("earlier"), Name: box, Status: 204}),
		},
		{name: "only created, where that is all", task: task("a/create", containerCheck(checker.ContainerFact{Name: box, State: "created"})), scene: there(first)},
		{name: "paused, where that is asked for", task: task("a/pause", containerCheck(checker.ContainerFact{Name: box, State: "paused"})), scene: there(made(box, paused))},
		{name: "in any state", task: task("a/there", containerCheck(checker.ContainerFact{Name: box})), scene: there(made(box, exited(1)))},
		{name: "gone, where that is asked for", task: task("a/gone", containerCheck(checker.ContainerFact{Name: box, State: "absent"}))},
	})
}

// What one would say to somebody who has passed does not stand in the way.
func TestRemarksDoNotStandInTheWay(t *testing.T) {
	stopped := made(box, exited(0), by(checker.Kihon))
	slow := made(box, exited(137), by(checker.Kihon))
	accept(t, []right{
		{name: "in the foreground, looked at from another terminal", task: reachApache, scene: works().with(made(web, publish("8080:80"), attached)), remarks: []string{checker.ContainerForeground}},
		{name: "killed after ten seconds", task: stopApache, scene: there(slow).and(did("stop", slow)), remarks: []string{checker.ContainerKilledOnStop}},
		{name: "killed on purpose", task: stopApache, scene: there(slow).and(did("kill", slow)), remarks: []string{checker.ContainerKilledOnStop}},
		{name: "stopped as it should be", task: stopApache, scene: there(stopped).and(did("stop", stopped))},
		{name: "with -dit, as in many books", task: reachApache, scene: works().with(made(web, publish("8080:80"), func(c *checker.Container) { c.Config.Tty, c.Config.OpenStdin = true, true }))},
	})
}

func TestAPageIsJudgedByWhatItSays(t *testing.T) {
	page := func(f checker.HTTPFact) checker.Task {
		f.URL, f.Container = url, web
		return task("a/page", httpCheck(f))
	}
	c := made(web, publish("8080:80"))
	known := scene{
		http:      map[string]checker.HTTPAnswer{url: {Status: 200, Body: []byte(welcome)}},
		originals: map[checker.FileKey]string{{Container: web, Path: "/usr/local/apache2/htdocs/index.html"}: checker.Digest([]byte(welcome))},
	}
	accept(t, []right{
		{name: "the image's own, and what that is like is known", task: reachApache, scene: known.with(c)},
		{name: "any page", task: page(checker.HTTPFact{}), scene: answers(200, "", checker.File{}).with(c)},
		{name: "not found, where that is asked for", task: page(checker.HTTPFact{Status: 404}), scene: answers(404, "Not Found", checker.File{}).with(c)},
		{name: "a word in Japanese", task: page(checker.HTTPFact{Contains: "こんにちは"}), scene: answers(200, "<p>こんにちは</p>", checker.File{}).with(c)},
		{name: "a file that was changed, where the image's is not asked for", task: page(checker.HTTPFact{SameAs: "/usr/local/apache2/htdocs/index.html"}),
			scene: answers(200, "mine", checker.File{Exists: true, Content: []byte("mine"), Changed: true}).with(c)},
	})
}

func TestAFileIsJudgedByWhatItSays(t *testing.T) {
	key := checker.FileKey{Container: box, Path: "/tmp/only-here"}
	holds := func(f checker.File) scene {
		return scene{have: []*checker.Container{made(box, exited(0))}, files: map[checker.FileKey]checker.File{key: f}}
	}
	file := func(f checker.FileFact) checker.Task {
		f.Container, f.Path = key.Container, key.Path
		return task("a/file", fileCheck(f))
	}
	accept(t, []right{
		{name: "there", task: file(checker.FileFact{}), scene: holds(checker.File{Exists: true})},
		{name: "it says what it should", task: file(checker.FileFact{Contains: "sakura"}), scene: holds(checker.File{Exists: true, Content: []byte("a sakura\n")})},
		{name: "gone", task: file(checker.FileFact{Absent: true}), scene: holds(checker.File{})},
	})
}

func TestAnImageIsThereOrNot(t *testing.T) {
	accept(t, []right{
		{name: "there", task: task("a/image", imageCheck(checker.ImageFact{Reference: "httpd"})), scene: scene{images: map[string]string{"httpd": "httpd"}}},
		{name: "there, said so", task: task("a/image", imageCheck(checker.ImageFact{Reference: "httpd", State: "present"})), scene: scene{images: map[string]string{"httpd": "httpd"}}},
		{name: "gone", task: task("a/image", imageCheck(checker.ImageFact{Reference: "httpd", State: "absent"}))},
	})
}
