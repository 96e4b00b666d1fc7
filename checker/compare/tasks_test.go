package compare_test

import "kihon/checker"

const (
	page    = "/usr/local/apache2/htdocs/index.html"
	url     = "http://localhost:8080/"
	welcome = "<html><body><h1>It works!</h1></body></html>\n"
)

// The commands of the two lessons' answers.
const (
	runBox = "docker run --name apa000ex1 -d httpd"
	runWeb = "docker run --name apa000ex2 -d -p 8080:80 httpd"
)

func task(exercise string, checks ...checker.Check) checker.Task {
	return checker.Task{ID: exercise, Checks: checks}
}

func containerCheck(f checker.ContainerFact) checker.Check { return checker.Check{Container: &f} }

func portCheck(f checker.PortFact) checker.Check { return checker.Check{Port: &f} }

func imageCheck(f checker.ImageFact) checker.Check { return checker.Check{Image: &f} }

func httpCheck(f checker.HTTPFact) checker.Check { return checker.Check{HTTP: &f} }

func fileCheck(f checker.FileFact) checker.Check { return checker.Check{File: &f} }

func historyCheck(name string, steps ...string) checker.Check {
	return checker.Check{History: &checker.HistoryFact{Container: name, Steps: steps}}
}

func answerCheck(f checker.AnswerFact) checker.Check { return checker.Check{Answer: &f} }

// The tasks of the lessons, as their exercises.yaml has them.
var (
	runApache = task("create-and-remove/run-apache",
		containerCheck(checker.ContainerFact{Name: box, Image: "httpd", State: "running", By: checker.Learner}))
	look = task("create-and-remove/look",
		answerCheck(checker.AnswerFact{ContainerID: box, MinLength: 4}))
	stopApache = task("create-and-remove/stop-apache",
		containerCheck(checker.ContainerFact{Name: box, State: "exited"}), historyCheck(box, "stop|kill"))
	removeApache = task("create-and-remove/remove-apache",
		containerCheck(checker.ContainerFact{Name: box, State: "absent"}), historyCheck(box, "destroy"))
	reachApache = task("ports/reach-apache",
		containerCheck(checker.ContainerFact{Name: web, Image: "httpd", State: "running", By: checker.Learner}),
		portCheck(checker.PortFact{Container: web, Host: 8080, Inside: 80}),
		httpCheck(checker.HTTPFact{URL: url, Container: web, Status: 200, SameAs: page, FromImage: true}))
	ownPage = checker.Task{
		ID: "ports/your-own-page", Start: []string{web},
		Checks: []checker.Check{
			containerCheck(checker.ContainerFact{Name: web, State: "running"}),
			portCheck(checker.PortFact{Container: web, Host: 8080, Inside: 80}),
			httpCheck(checker.HTTPFact{URL: url, Container: web, Status: 200, Contains: "sakura"}),
		},
		Solution: []string{"docker cp index.html apa000ex2:" + page},
	}
	whichSide = task("ports/which-side", answerCheck(checker.AnswerFact{Choices: []int{3}, Of: 4}))
)

// answers is what a page answers and, of the container, what its file is like.
func answers(status int, body string, file checker.File) scene {
	return scene{
		http:  map[string]checker.HTTPAnswer{url: {Status: status, Body: []byte(body)}},
		files: map[checker.FileKey]checker.File{{Container: web, Path: page}: file},
	}
}

// works is the image's own page, reached.
func works() scene {
	return answers(200, welcome, checker.File{Exists: true, Content: []byte(welcome)})
}

func silentPort(err string) scene {
	return scene{http: map[string]checker.HTTPAnswer{url: {Err: err}}}
}

// with puts containers into a scene.
func (s scene) with(containers ...*checker.Container) scene {
	s.have = append(s.have[:len(s.have):len(s.have)], containers...)
	return s
}

// and lets something happen afterwards.
func (s scene) and(events ...checker.Event) scene {
	s.then = append(s.then[:len(s.then):len(s.then)], events...)
	return s
}

func there(containers ...*checker.Container) scene { return scene{have: containers} }
