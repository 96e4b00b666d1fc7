package checker_test

import (
	"slices"
	"strings"
	"testing"

	"kihon/checker"
)

// The author of a course reads these.
func TestABadlyWrittenCheckIsExplained(t *testing.T) {
	container := func(f checker.ContainerFact) checker.Check { return checker.Check{Container: &f} }
	port := func(f checker.PortFact) checker.Check { return checker.Check{Port: &f} }
	image := func(f checker.ImageFact) checker.Check { return checker.Check{Image: &f} }
	http := func(f checker.HTTPFact) checker.Check { return checker.Check{HTTP: &f} }
	file := func(f checker.FileFact) checker.Check { return checker.Check{File: &f} }
	history := func(f checker.HistoryFact) checker.Check { return checker.Check{History: &f} }
	answer := func(f checker.AnswerFact) checker.Check { return checker.Check{Answer: &f} }
	onlyThere := "http: url must begin with http://localhost, since a check reaches only the learner's own computer: "
	for name, c := range map[string]struct {
		check checker.Check
		want  string
	}{
		"no fact":   {checker.Check{}, "a check names exactly one fact (container, port, image, http, file, history, answer); this one has 0"},
		"two facts": {checker.Check{Container: &checker.ContainerFact{Name: "web"}, Image: &checker.ImageFact{Reference: "httpd"}}, "a check names exactly one fact (container, port, image, http, file, history, answer); this one has 2"},

		"a container without a name":  {container(checker.ContainerFact{State: "running"}), "container: name is missing"},
		"a state that is none":        {container(checker.ContainerFact{Name: "web", State: "started"}), `container: state must be one of running, exited, created, paused, exists, absent: "started"`},
		"a maker that is none":        {container(checker.ContainerFact{Name: "web", By: "me"}), `container: by must be one of learner, any: "me"`},
		"an image that is none":       {container(checker.ContainerFact{Name: "web", Image: "HTTPD"}), `container: image is not an image reference: "HTTPD"`},
		"a port nought":               {port(checker.PortFact{Container: "web", Inside: 80}), "port: host and inside must be ports from 1 to 65535: 0"},
		"a port that is too high":     {port(checker.PortFact{Container: "web", Host: 8080, Inside: 65536}), "port: host and inside must be ports from 1 to 65535: 65536"},
		"a port below nought":         {port(checker.PortFact{Container: "web", Host: -80, Inside: 80}), "port: host and inside must be ports from 1 to 65535: -80"},
		"a port of nobody":            {port(checker.PortFact{Host: 8080, Inside: 80}), "port: container is missing"},
		"a protocol that is none":     {port(checker.PortFact{Container: "web", Host: 8080, Inside: 80, Protocol: "http"}), `port: protocol must be one of tcp, udp: "http"`},
		"an image without a name":     {image(checker.ImageFact{}), "image: reference is missing"},
		"a reference that is none":    {image(checker.ImageFact{Reference: "httpd:"}), `image: reference is not an image reference: "httpd:"`},
		"a state that no image has":   {image(checker.ImageFact{Reference: "httpd", State: "running"}), `image: state must be one of present, absent: "running"`},
		"a page of another computer":  {http(checker.HTTPFact{URL: "http://example.com/", Container: "web"}), onlyThere + `"http://example.com/"`},
		"a page of a neighbour":       {http(checker.HTTPFact{URL: "http://192.168.1.1/", Container: "web"}), onlyThere + `"http://192.168.1.1/"`},
		"a name that begins alike":    {http(checker.HTTPFact{URL: "http://localhost.example.com/", Container: "web"}), onlyThere + `"http://localhost.example.com/"`},
		"a user before the host":      {http(checker.HTTPFact{URL: "http://localhost@example.com/", Container: "web"}), onlyThere + `"http://localhost@example.com/"`},
		"a user of this computer":     {http(checker.HTTPFact{URL: "http://me:secret@localhost/", Container: "web"}), onlyThere + `"http://me:secret@localhost/"`},
		"https":                       {http(checker.HTTPFact{URL: "https://localhost/", Container: "web"}), onlyThere + `"https://localhost/"`},
		"a file":                      {http(checker.HTTPFact{URL: "file:///etc/passwd", Container: "web"}), onlyThere + `"file:///etc/passwd"`},
		"no URL":                      {http(checker.HTTPFact{Container: "web"}), onlyThere + `""`},
		"half a URL":                  {http(checker.HTTPFact{URL: "localhost:8080", Container: "web"}), onlyThere + `"localhost:8080"`},
		"a page of nobody":            {http(checker.HTTPFact{URL: "http://localhost:8080/"}), "http: container is missing"},
		"the image's, of which file?": {http(checker.HTTPFact{URL: "http://localhost/", Container: "web", FromImage: true}), "http: from_image needs same_as"},
		"a file of nobody":            {file(checker.FileFact{Path: "/tmp/x"}), "file: container is missing"},
		"a file without a path":       {file(checker.FileFact{Container: "web"}), "file: path is missing"},
		"a history of nothing":        {history(checker.HistoryFact{Container: "web"}), "history: steps must name at least one action"},
		"a history with a hole":       {history(checker.HistoryFact{Container: "web", Steps: []string{"start", ""}}), "history: steps must name at least one action"},
		"a history of nobody":         {history(checker.HistoryFact{Steps: []string{"start"}}), "history: container is missing"},
		"an answer to nothing":        {answer(checker.AnswerFact{}), "answer: give either choices or container_id"},
		"an answer to two questions":  {answer(checker.AnswerFact{Choices: []int{1}, Of: 2, ContainerID: "web"}), "answer: give either choices or container_id"},
		"one choice":                  {answer(checker.AnswerFact{Choices: []int{1}, Of: 1}), "answer: of says how many choices there are, at least 2"},
		"nobody knows how many":       {answer(checker.AnswerFact{Choices: []int{1}}), "answer: of says how many choices there are, at least 2"},
		"a choice that is not there":  {answer(checker.AnswerFact{Choices: []int{1, 5}, Of: 4}), "answer: choice 5 is not between 1 and 4"},
		"choice nought":               {answer(checker.AnswerFact{Choices: []int{0}, Of: 4}), "answer: choice 0 is not between 1 and 4"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.check.Problem(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Checks that could never hold, or never be told apart from ones that do.
func TestACheckThatCannotBeMetIsExplained(t *testing.T) {
	for name, c := range map[string]struct {
		check checker.Check
		about string
	}{
		"a name that no container can have": {checker.Check{Container: &checker.ContainerFact{Name: "my web"}}, "name"},
		"a name of one letter":              {checker.Check{Container: &checker.ContainerFact{Name: "a"}}, "name"},
		"a path that does not begin at /":   {checker.Check{File: &checker.FileFact{Container: "web", Path: "tmp/x"}}, "path"},
		"a file that is gone and says what": {checker.Check{File: &checker.FileFact{Container: "web", Path: "/tmp/x", Contains: "a", Absent: true}}, "absent"},
		"the same choice twice":             {checker.Check{Answer: &checker.AnswerFact{Choices: []int{2, 2}, Of: 4}}, "2"},
		"a status that is none":             {checker.Check{HTTP: &checker.HTTPFact{URL: "http://localhost/", Container: "web", Status: 20}}, "status"},
		"a port that is none":               {checker.Check{HTTP: &checker.HTTPFact{URL: "http://localhost:99999/", Container: "web"}}, "99999"},
		"an alternative with a hole":        {checker.Check{History: &checker.HistoryFact{Container: "web", Steps: []string{"stop|"}}}, "steps"},
		"an ID longer than an ID":           {checker.Check{Answer: &checker.AnswerFact{ContainerID: "web", MinLength: 65}}, "min_length"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.check.Problem(); !strings.Contains(got, c.about) {
				t.Errorf("%q, want it to speak of %q", got, c.about)
			}
		})
	}
}

func TestAWellWrittenCheckIsNoProblem(t *testing.T) {
	for name, check := range map[string]checker.Check{
		"a name alone":           {Container: &checker.ContainerFact{Name: "web"}},
		"a whole container":      {Container: &checker.ContainerFact{Name: "web", Image: "docker.io/library/httpd:2.4", State: "running", By: "learner"}},
		"a port":                 {Port: &checker.PortFact{Container: "web", Host: 1, Inside: 65535, Protocol: "udp"}},
		"an image":               {Image: &checker.ImageFact{Reference: "httpd", State: "absent"}},
		"a page":                 {HTTP: &checker.HTTPFact{URL: "http://localhost:8080/a?b=c", Container: "web", Contains: "x"}},
		"a page by number":       {HTTP: &checker.HTTPFact{URL: "http://127.0.0.1/", Container: "web"}},
		"a page over IPv6":       {HTTP: &checker.HTTPFact{URL: "http://[::1]:8080/", Container: "web"}},
		"the image's own page":   {HTTP: &checker.HTTPFact{URL: "http://localhost/", Container: "web", SameAs: "/index.html", FromImage: true}},
		"a file":                 {File: &checker.FileFact{Container: "web", Path: "/tmp/x"}},
		"a history":              {History: &checker.HistoryFact{Container: "web", Steps: []string{"start", "stop|kill"}}},
		"a quiz":                 {Answer: &checker.AnswerFact{Choices: []int{1, 4}, Of: 4}},
		"an ID":                  {Answer: &checker.AnswerFact{ContainerID: "web", MinLength: 4}},
		"every choice is right":  {Answer: &checker.AnswerFact{Choices: []int{1, 2}, Of: 2}},
		"an image with a digest": {Image: &checker.ImageFact{Reference: "httpd@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}},
	} {
		if got := check.Problem(); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestAWholeIsAsGoodAsItsWorstPart(t *testing.T) {
	order := []checker.Outcome{"", checker.Passed, checker.NotYet, checker.CouldNotCheck, checker.BadlyWritten}
	for i, a := range order {
		for j, b := range order {
			if got := checker.Worse(a, b); got != order[max(i, j)] {
				t.Errorf("Worse(%q, %q) = %q", a, b, got)
			}
		}
	}
}

func TestNoCodeIsInTheListTwice(t *testing.T) {
	codes := checker.Codes()
	slices.Sort(codes)
	if len(slices.Compact(codes)) != len(checker.Codes()) {
		t.Error("there is a code twice")
	}
	for _, code := range codes {
		if subject, kind, ok := strings.Cut(code, "."); code != "" && (!ok || subject == "" || kind == "" || strings.ToLower(code) != code) {
			t.Errorf("%q is not subject.kind", code)
		}
	}
}
