package kit

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// imageFiles has a folder for each image that can be built. The folder's name
// is the image's, its Dockerfile is written for the classic builder and begins
// FROM ${BASE}. A command that cannot reach the mirror ends with exitNoMirror.
//
//go:embed all:images
var imageFiles embed.FS

// exitNoMirror is the exit code by which a recipe says that the mirror cannot
// be reached from inside the container.
const exitNoMirror = 90

// recipe is how one image is built.
type recipe struct {
	name  string // full name of the image
	short string // as its folder is called
	files map[string][]byte
}

// Buildable returns the full names of the images that Build can make, sorted.
func Buildable() ([]string, error) {
	recipes, err := readRecipes(imageFiles)
	return namesOf(recipes), err
}

func namesOf(recipes []recipe) []string {
	var names []string
	for _, r := range recipes {
		names = append(names, r.name)
	}
	return names
}

// readRecipes reads the folder images of a tree.
func readRecipes(tree fs.FS) ([]recipe, error) {
	folders, err := fs.ReadDir(tree, "images")
	if err != nil {
		return nil, fmt.Errorf("read the recipes: %w", err)
	}
	var all []recipe
	for _, folder := range folders {
		files, err := readFiles(tree, "images/"+folder.Name())
		if err != nil {
			return nil, fmt.Errorf("read the recipe of %s: %w", folder.Name(), err)
		}
		all = append(all, recipe{
			name:  "docker.io/library/" + folder.Name() + ":latest",
			short: folder.Name(),
			files: files,
		})
	}
	return all, nil
}

// recipesFor returns the recipes of the images, given by their full names. The
// error is an *UnknownImageError where there is none.
func (k *Kit) recipesFor(names []string) ([]recipe, error) {
	all, err := readRecipes(k.recipes)
	if err != nil {
		return nil, err
	}
	var wanted []recipe
	for _, name := range names {
		at := slices.IndexFunc(all, func(r recipe) bool { return r.name == name })
		if at < 0 {
			return nil, &UnknownImageError{Name: name, Known: namesOf(all)}
		}
		wanted = append(wanted, all[at])
	}
	return wanted, nil
}

// context returns the build context as a tar. The base bears the label, and
// what is built on it inherits it; a stage that begins with nothing gets it
// here, so that what an interrupted build leaves can be recognised.
func (r recipe) context(label string, now time.Time) ([]byte, error) {
	files := maps.Clone(r.files)
	files["Dockerfile"] = labelStages(files["Dockerfile"], label)
	archive, err := tarOf(files, now)
	if err != nil {
		return nil, fmt.Errorf("pack the recipe of %s: %w", r.name, err)
	}
	return archive, nil
}

// digest tells one state of the recipe, and of what it builds upon, from
// another.
func (r recipe) digest() (string, error) {
	sum := sha256.New()
	if err := hashBaseFiles(sum); err != nil {
		return "", err
	}
	hashFiles(sum, r.files)
	return hashOf(sum).String(), nil
}

func hashFiles(sum io.Writer, files map[string][]byte) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(sum, "%s %d\n%s", name, len(files[name]), files[name])
	}
}

// readFiles returns the files below a folder by their paths in it.
func readFiles(from fs.FS, folder string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(from, folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[strings.TrimPrefix(name, folder+"/")], err = fs.ReadFile(from, name)
		return err
	})
	return files, err
}

// tarOf packs files into a tar. Embedded files have neither times nor modes:
// now is everybody's time, and what begins with #! may be executed.
func tarOf(files map[string][]byte, now time.Time) ([]byte, error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text, mode := files[name], int64(0o644)
		if bytes.HasPrefix(text, []byte("#!")) {
			mode = 0o755
		}
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(text)), ModTime: now}); err != nil {
			return nil, err
		}
		if _, err := w.Write(text); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// labelStages adds a LABEL after each FROM that inherits none.
func labelStages(dockerfile []byte, label string) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(dockerfile) {
		b.Write(line)
		fields := strings.Fields(string(line))
		if len(fields) > 1 && strings.EqualFold(fields[0], "FROM") && fields[1] != "${BASE}" {
			fmt.Fprintf(&b, "LABEL %s\n", label)
		}
	}
	return b.Bytes()
}
