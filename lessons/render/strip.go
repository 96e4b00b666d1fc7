package render

import "kihon/checker/clean"

// Strip takes out of s everything that could steer a terminal or disguise what
// it shows, so that text from a course or a container can be printed; see
// package clean.
func Strip(s string) string { return clean.Text(s) }
