package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"kihon/lessons"
)

// version and commit are set by the build (-ldflags -X).
var version, commit = "dev", "unknown"

// The JSON of kihon version.
type versionJSON struct {
	FormatVersion int        `json:"format_version"`
	Kihon         string     `json:"kihon"`
	Commit        string     `json:"commit"`
	Course        courseJSON `json:"course"`
	CourseFormat  int        `json:"course_format"`
	Go            string     `json:"go"`
	Platform      string     `json:"platform"`
}

func (a *app) versionCommand() *cobra.Command {
	return a.verb("version", a.words.Say("cmd.version"), a.words.Say("cmd.version.examples"), between(0, 0), func(context.Context, []string) error {
		if err := a.formats("text", "json"); err != nil {
			return err
		}
		course, err := a.course()
		if err != nil {
			return err
		}
		v := versionJSON{
			FormatVersion: 1, Kihon: version, Commit: commit, Course: courseJSON{course.ID, course.Version},
			CourseFormat: lessons.FormatVersion, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		}
		if a.flags.format == "json" {
			return a.writeJSON(v)
		}
		fmt.Fprintf(a.streams.Out, "kihon %s (%s)\n%s %s\n%s %d\n%s %s\n", v.Kihon, v.Commit, v.Course.ID, v.Course.Version,
			a.words.Say("version.format"), v.CourseFormat, v.Go, v.Platform)
		return nil
	})
}
