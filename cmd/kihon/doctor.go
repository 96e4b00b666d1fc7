package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"kihon/checker"
	"kihon/checker/outage"
	"kihon/sandbox/engine"
	"kihon/sandbox/kit"
	"kihon/sandbox/shell"
	"kihon/store"
)

func (a *app) doctorCommand() *cobra.Command {
	return a.verb("doctor", a.words.Say("cmd.doctor"), a.words.Say("cmd.doctor.examples"), between(0, 0), func(ctx context.Context, _ []string) error { return a.doctor(ctx) })
}

// The states of what the doctor looks at.
const (
	healthOK    = "ok"
	healthNote  = "note"  // works, but worth knowing
	healthFault = "fault" // the course cannot be done like this
)

// symptom is one thing the doctor looked at.
type symptom struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Value   string `json:"value"`
	Meaning string `json:"meaning"`
	Cure    string `json:"cure"`
}

// The JSON of kihon doctor.
type doctorJSON struct {
	FormatVersion int       `json:"format_version"`
	Outcome       string    `json:"outcome"`
	Checks        []symptom `json:"checks"`
}

// doctor looks whether this machine is ready for the course.
func (a *app) doctor(ctx context.Context) error {
	if err := a.formats("text", "json"); err != nil {
		return err
	}
	found := append(a.examineEngine(ctx), a.examineClient(ctx), a.examineShell(), a.examineHome(ctx), a.examineLocale())
	outcome := healthOK
	for _, s := range found {
		if s.State == healthFault {
			outcome = healthFault
		}
	}
	if a.flags.format == "json" {
		if err := a.writeJSON(doctorJSON{1, outcome, found}); err != nil {
			return err
		}
	} else {
		a.doctorText(found)
	}
	if outcome != healthOK {
		return &exitError{exitNotYet}
	}
	return nil
}

func (a *app) doctorText(found []symptom) {
	f := a.face()
	for _, s := range found {
		sign := f.tick()
		switch s.State {
		case healthNote:
			sign = f.style.Warn.Apply("!")
		case healthFault:
			sign = f.style.Bad.Apply("✗")
			if f.plain {
				sign = "[!]"
			}
		}
		f.item(a.streams.Out, sign, f.style.Strong.Apply(a.symptomName(s.ID))+"  "+s.Value)
		if s.Meaning != "" {
			f.para(a.streams.Out, s.Meaning)
		}
		if s.Cure != "" {
			f.para(a.streams.Out, a.words.Say("doctor.cure")+" "+s.Cure)
		}
	}
}

func (a *app) examineEngine(ctx context.Context) []symptom {
	e, err := a.connect(ctx)
	if err == nil {
		defer e.Close()
		err = e.Ping(ctx)
	}
	if err != nil {
		s := symptom{ID: "engine", State: healthFault, Value: err.Error()}
		var wrong *engine.ContextError
		var host *engine.HostError
		switch {
		case errors.As(err, &wrong):
			s.Cure = a.words.Say("error.context.next")
		case errors.As(err, &host):
			s.Cure = a.words.Say("error.host.next")
		}
		if outage.Is(err) {
			s.Meaning, s.Cure = a.words.Finding(checker.Finding{
				Code: outage.Code(err), Subject: "engine", Found: err.Error(), Args: map[string]string{"error": err.Error()},
			})
		}
		return []symptom{s}
	}
	v, err := e.Version(ctx)
	if err != nil {
		return []symptom{{ID: "engine", State: healthFault, Value: err.Error()}}
	}
	found := []symptom{{ID: "engine", State: healthOK, Value: fmt.Sprintf("%s, API %s, %s/%s, %s", v.Engine, v.API, v.OS, v.Arch, e.Endpoint.Host)}}
	if v.OS != "linux" {
		found[0].State, found[0].Meaning = healthFault, a.words.Say("doctor.engine.os", "os", v.OS)
		found[0].Cure = a.words.Say("doctor.engine.os.cure")
	}
	return append(found, a.examineImages(ctx, e))
}

func (a *app) examineImages(ctx context.Context, e kit.Engine) symptom {
	s := symptom{ID: "images", State: healthOK}
	course, err := a.course()
	if err != nil {
		s.State, s.Value = healthFault, err.Error()
		return s
	}
	var here, missing []string
	for _, image := range course.Images {
		if _, err := e.ImageInspect(ctx, image.Name); err != nil {
			missing = append(missing, image.Name)
			continue
		}
		here = append(here, image.Name)
	}
	s.Value = strings.Join(here, ", ")
	if len(missing) > 0 {
		s.State = healthNote
		s.Meaning = a.words.Say("doctor.images.missing", "names", list(missing))
		s.Cure = a.words.Say("doctor.images.cure")
	}
	return s
}

func (a *app) examineClient(ctx context.Context) symptom {
	s := symptom{ID: "client", State: healthOK}
	path, err := exec.LookPath("docker")
	if err != nil {
		s.State, s.Value = healthFault, a.words.Say("doctor.client.missing")
		s.Cure = a.words.Say("doctor.client.cure")
		return s
	}
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		s.State, s.Value = healthFault, path+": "+err.Error()
		return s
	}
	s.Value = checker.Clean(strings.TrimSpace(string(out)))
	return s
}

func (a *app) examineShell() symptom {
	path, err := shell.Find(a.getenv)
	if err != nil {
		return symptom{ID: "shell", State: healthFault, Value: a.words.Say("doctor.shell.missing"), Cure: a.words.Say("doctor.shell.cure")}
	}
	return symptom{ID: "shell", State: healthOK, Value: path}
}

func (a *app) examineHome(ctx context.Context) symptom {
	s := symptom{ID: "home", State: healthOK, Value: a.paths.Home}
	db, err := store.Open(ctx, a.paths.Home)
	if err == nil {
		err = errors.Join(db.Touch(ctx), db.Close())
	}
	var corrupt *store.CorruptError
	switch {
	case err == nil:
	case errors.Is(err, store.ErrReadOnly):
		s.State, s.Meaning = healthFault, a.words.Say("error.home_read_only", "path", a.paths.Home)
		s.Cure = a.words.Say("error.home_read_only.next")
	case errors.Is(err, store.ErrFull):
		s.State, s.Meaning = healthFault, a.words.Say("error.home_full", "path", a.paths.Home)
		s.Cure = a.words.Say("error.home_full.next")
	case errors.As(err, &corrupt):
		s.State, s.Meaning = healthFault, a.words.Say("error.record_corrupt", "path", corrupt.Path)
		s.Cure = a.words.Say("error.record_corrupt.next")
	case a.homeUnusable(err):
		s.State, s.Meaning = healthFault, a.words.Say("error.home_unusable", "path", a.paths.Home)
		s.Cure = a.words.Say("error.home_unusable.next")
	default:
		s.State, s.Meaning = healthFault, err.Error()
	}
	return s
}

func (a *app) examineLocale() symptom {
	columns, rows := a.streams.Size()
	s := symptom{ID: "terminal", State: healthOK, Value: fmt.Sprintf("%d x %d, %s", columns, rows, a.getenv("TERM"))}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := a.getenv(name); value != "" {
			s.Value += ", " + name + "=" + value
			break
		}
	}
	if columns < 40 {
		s.State, s.Meaning = healthNote, a.words.Say("doctor.terminal.narrow")
	}
	if runtime.GOOS == "windows" {
		s.Value += ", " + os.Getenv("WT_SESSION")
	}
	return s
}

// symptomName says in words what was looked at.
func (a *app) symptomName(id string) string {
	switch id {
	case "engine":
		return a.words.Say("doctor.engine")
	case "images":
		return a.words.Say("doctor.images")
	case "client":
		return a.words.Say("doctor.client")
	case "shell":
		return a.words.Say("doctor.shell")
	case "home":
		return a.words.Say("doctor.home")
	}
	return a.words.Say("doctor.terminal")
}
