//go:build !unix

package guard

import "io/fs"

// ours: a directory in a user's own profile is the user's.
func ours(fs.FileInfo) bool { return true }
