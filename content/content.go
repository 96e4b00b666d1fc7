// Package content holds the courses that come with kihon, as files, and
// nothing else.
//
// A course is a folder with a course.yaml and a folder for each lesson. What
// stands in these files, and what it means, is the loader's business.
package content

import (
	"embed"
	"io/fs"
)

//go:embed docker-basics
var courses embed.FS

// Courses returns the embedded courses: one folder each, named by the
// course's id.
func Courses() fs.FS { return courses }
