package kit

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// saved returns a kit's file with two images, and the members of the tar.
func saved(t *testing.T) (path string, members []member) {
	t.Helper()
	k := newKit(t)
	put(t, k, map[string]v1.Image{
		nameA: tiny(t, map[string]string{"a": noise(t, 20_000)}),
		nameB: tiny(t, map[string]string{"b": noise(t, 3_000)}),
	})
	path = filepath.Join(t.TempDir(), "kit.tar")
	if err := k.Save(context.Background(), path, nil); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	archive := tar.NewReader(file)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return path, members
		} else if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, member{header: *header, text: string(text)})
	}
}

func TestAKitTravelsInOneFile(t *testing.T) {
	path, members := saved(t)
	var steps recorder
	k := newKit(t)
	if err := k.LoadFile(context.Background(), path, steps.progress); err != nil {
		t.Fatal(err)
	}
	if got := names(t, k); !slices.Equal(got, []string{nameA, nameB}) {
		t.Errorf("names %v", got)
	}
	list, err := k.List(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range list.Items {
		if item.Origin != "made by a test" {
			t.Errorf("%s has the origin %q", item.Name, item.Origin)
		}
	}
	if len(members) != 2+2*3 {
		t.Errorf("the file has %d members, want the index, the version and three blobs for each image", len(members))
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	last := steps.steps[len(steps.steps)-1]
	if last.Stage != StageUnpack || last.State != Finished || last.Total != info.Size() || last.Done != last.Total {
		t.Errorf("the last step is %+v of a file of %d bytes", last, info.Size())
	}
	// The same kit gives the same file.
	again := filepath.Join(t.TempDir(), "again.tar")
	if err := k.Save(context.Background(), again, nil); err != nil {
		t.Fatal(err)
	}
	one, _ := os.ReadFile(path)
	two, err := os.ReadFile(again)
	if err != nil || string(one) != string(two) {
		t.Errorf("the second file differs from the first (%d and %d bytes, %v)", len(one), len(two), err)
	}
}

func TestImagesOfAFileJoinThoseOfTheKit(t *testing.T) {
	path, _ := saved(t)
	k := newKit(t)
	other := "registry.example/mine:2"
	put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "old"}), other: tiny(t, map[string]string{"m": "mine"})})
	if err := k.LoadFile(context.Background(), path, nil); err != nil {
		t.Fatal(err)
	}
	if got := names(t, k); !slices.Equal(got, []string{nameA, nameB, other}) {
		t.Errorf("names %v", got)
	}
}

// A file that was cut off, wherever, is told from a whole one.
func TestATruncatedFileIsNamedAndNothingIsTakenOver(t *testing.T) {
	path, members := saved(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// After the last byte of content there is only padding, which may be missing.
	last := len(members[len(members)-1].text)
	end := len(whole) - 1024 - (512-last%512)%512
	cuts := []int{end - 1}
	for at := 0; at < end; at += 700 {
		cuts = append(cuts, at)
	}
	for _, at := range cuts {
		cutOff := filepath.Join(t.TempDir(), "cut.tar")
		if err := os.WriteFile(cutOff, whole[:at], 0o644); err != nil {
			t.Fatal(err)
		}
		refused(t, fmt.Sprintf("cut off after %d of %d bytes", at, len(whole)), cutOff, "")
	}
}

func TestAFlippedBitIsFoundAndItsBlobNamed(t *testing.T) {
	_, members := saved(t)
	for at, m := range members {
		blob := blobName.FindStringSubmatch(m.header.Name)
		if blob == nil {
			continue
		}
		changed := slices.Clone(members)
		text := []byte(m.text)
		text[len(text)/2] ^= 1
		changed[at].text = string(text)
		refused(t, "a flipped bit in "+m.header.Name, tarFile(t, changed), "sha256:"+blob[1])
	}
}

func TestABlobThatIsLeftOutIsNamed(t *testing.T) {
	_, members := saved(t)
	for at, m := range members {
		if blob := blobName.FindStringSubmatch(m.header.Name); blob != nil {
			rest := slices.Delete(slices.Clone(members), at, at+1)
			refused(t, "without "+m.header.Name, tarFile(t, rest), "sha256:"+blob[1])
		}
	}
}

// A kit may come from a stranger: its file can bring images and nothing else.
func TestAFileCannotReachOutsideTheKit(t *testing.T) {
	evil := func(typeflag byte, name, link, text string) member {
		return member{header: tar.Header{Typeflag: typeflag, Name: name, Linkname: link, Mode: 0o644}, text: text}
	}
	zeros := strings.Repeat("0", 64)
	tests := map[string]member{
		"a path that climbs":           evil(tar.TypeReg, "../../evil", "", "x"),
		"a path that climbs in blobs":  evil(tar.TypeReg, "blobs/sha256/../../../evil", "", "x"),
		"an absolute path":             evil(tar.TypeReg, "/etc/evil", "", "x"),
		"a path with backslashes":      evil(tar.TypeReg, `..\evil`, "", "x"),
		"a symbolic link":              evil(tar.TypeSymlink, "blobs/sha256/"+zeros, "/etc/passwd", ""),
		"a symbolic link as a folder":  evil(tar.TypeSymlink, "blobs", "/tmp", ""),
		"a hard link":                  evil(tar.TypeLink, "blobs/sha256/"+zeros, "/etc/passwd", ""),
		"a device":                     evil(tar.TypeChar, "blobs/sha256/"+zeros, "", ""),
		"a pipe":                       evil(tar.TypeFifo, "index.json", "", ""),
		"a folder of its own":          evil(tar.TypeDir, "blobs/md5/", "", ""),
		"a file of its own":            evil(tar.TypeReg, "README", "", "x"),
		"a blob with a short digest":   evil(tar.TypeReg, "blobs/sha256/00", "", "x"),
		"a second index":               evil(tar.TypeReg, "index.json", "", "{}"),
		"an index beside the index":    evil(tar.TypeReg, "./index.json", "", "{}"),
		"a blob with another's digest": evil(tar.TypeReg, "blobs/sha256/"+zeros, "", "x"),
	}
	for name, m := range tests {
		_, members := saved(t)
		refused(t, name+", at the end", tarFile(t, append(slices.Clone(members), m)), "")
		refused(t, name+", at the beginning", tarFile(t, append([]member{m}, members...)), "")
	}
}

func TestAFileThatIsNoKitIsRefused(t *testing.T) {
	_, members := saved(t)
	replace := func(name, text string) string {
		changed := slices.Clone(members)
		for at := range changed {
			if changed[at].header.Name == name {
				changed[at].text = text
			}
		}
		return tarFile(t, changed)
	}
	text := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("Dear reader, ", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	refused(t, "a letter", text, "")
	refused(t, "an empty tar", tarFile(t, nil), "")
	refused(t, "an index that is none", replace(indexFile, "hello"), "")
	refused(t, "an index without images", replace(indexFile, `{"schemaVersion":2,"manifests":[]}`), "")
	refused(t, "a layout of the future", replace("oci-layout", `{"imageLayoutVersion":"9.0.0"}`), "")
	refused(t, "an index that is too big", replace(indexFile, strings.Repeat(" ", manifestLimit+1)), "")

	var index v1.IndexManifest
	for _, m := range members {
		if m.header.Name == indexFile {
			if err := json.Unmarshal([]byte(m.text), &index); err != nil {
				t.Fatal(err)
			}
		}
	}
	index.Manifests[1].Annotations[annotationName] = index.Manifests[0].Annotations[annotationName]
	twice, err := json.Marshal(index)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "a name that is there twice", replace(indexFile, string(twice)), "")

	k := newKit(t)
	if err := k.LoadFile(context.Background(), t.TempDir(), nil); err == nil {
		t.Error("a folder was taken for a kit's file")
	}
	if err := k.LoadFile(context.Background(), filepath.Join(t.TempDir(), "none.tar"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestAFileCannotFillTheDisk(t *testing.T) {
	path, members := saved(t)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var total int64
	for _, m := range members {
		total += int64(len(m.text))
	}
	for limit, want := range map[int64]bool{total: true, total - 1: false} {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		w, err := newLayoutWriter(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		u := unpacker{dir: w.dir, path: path, limit: limit, seen: map[string]bool{}}
		err = u.unpack(context.Background(), file)
		if (err == nil) != want {
			t.Errorf("%d bytes with a limit of %d: %v", total, limit, err)
		}
	}
}

// refused asserts that a file is refused with an error that names it, and the
// blob, and that a kit which was there is as before.
func refused(t *testing.T, what, path, blob string) {
	t.Helper()
	k := newKit(t)
	mine := tiny(t, map[string]string{"mine": "yes"})
	put(t, k, map[string]v1.Image{nameA: mine})
	before := files(t, filepath.Dir(k.cache))
	err := k.LoadFile(context.Background(), path, nil)
	var corrupt *CorruptError
	if !errors.As(err, &corrupt) {
		t.Errorf("%s: error %v, want a *CorruptError", what, err)
		return
	}
	if corrupt.Path != path || (blob != "" && corrupt.Blob != blob) {
		t.Errorf("%s: the error names %s and blob %q, want %s and %q: %v", what, corrupt.Path, corrupt.Blob, path, blob, err)
	}
	if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), blob) {
		t.Errorf("%s: %q does not name the file and the blob", what, err)
	}
	if after := files(t, filepath.Dir(k.cache)); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("%s: files have changed", what)
	}
}
