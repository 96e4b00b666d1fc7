package kit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// export takes the built images out of the engine and writes them into the
// layout, cleaned of what tells of the building.
func (b *builder) export(ctx context.Context, recipes []recipe, w *layoutWriter) (err error) {
	dir, err := os.MkdirTemp(w.dir, "export-*")
	if err != nil {
		return fmt.Errorf("export images: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	archive := filepath.Join(dir, "images.tar")
	if err := b.save(ctx, recipes, archive); err != nil {
		return err
	}
	layers := &layerPacker{dir: dir, base: b.base}
	for _, r := range recipes {
		if err := ctx.Err(); err != nil {
			return err
		}
		img, err := b.cleaned(archive, r, layers)
		if err != nil {
			return fmt.Errorf("export %s: %w", r.name, err)
		}
		if err := w.add(img, r.name, b.base.meta.Origin); err != nil {
			return err
		}
		if w.images[len(w.images)-1].Annotations[annotationRecipe], err = r.digest(); err != nil {
			return err
		}
	}
	return nil
}

// save writes the engine's archive of the images to a file.
func (b *builder) save(ctx context.Context, recipes []recipe, path string) (err error) {
	var refs []string
	for _, r := range recipes {
		refs = append(refs, b.ref(r))
	}
	finish := b.report.stage(Step{Stage: StageExport})
	answer, err := b.engine.ImageSave(ctx, refs)
	if err != nil {
		return fmt.Errorf("export images: %w", err)
	}
	defer answer.Close()
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("export images: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := io.Copy(file, io.TeeReader(answer, b.report.meter(Step{Stage: StageExport}))); err != nil {
		return fmt.Errorf("export images: %w", err)
	}
	finish()
	return nil
}

// cleaned reads one image of the archive, and leaves out of its configuration
// our label, the container it was built in and the host's engine version.
func (b *builder) cleaned(archive string, r recipe, packer *layerPacker) (v1.Image, error) {
	tag, err := name.NewTag(b.ref(r))
	if err != nil {
		return nil, err
	}
	built, err := tarball.ImageFromPath(archive, &tag)
	if err != nil {
		return nil, err
	}
	config, err := built.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.Author = "kihon kit, " + b.base.meta.Origin
	config.Container, config.DockerVersion = "", ""
	config.Config.Image, config.Config.Hostname = "", ""
	delete(config.Config.Labels, ownerLabel)
	if len(config.Config.Labels) == 0 {
		config.Config.Labels = nil
	}
	config.History = slices.DeleteFunc(config.History, func(h v1.History) bool {
		return h.EmptyLayer && strings.Contains(h.CreatedBy, ownerLabel)
	})

	layers, err := built.Layers()
	if err != nil {
		return nil, err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	for _, layer := range layers {
		packed, err := packer.pack(layer)
		if err != nil {
			return nil, err
		}
		if img, err = mutate.AppendLayers(img, packed); err != nil {
			return nil, err
		}
	}
	return mutate.ConfigFile(img, config)
}

// layerPacker compresses layers, each once. The base's layer it has already.
type layerPacker struct {
	dir  string
	base base
	done map[v1.Hash]v1.Layer // by DiffID
}

func (p *layerPacker) pack(layer v1.Layer) (v1.Layer, error) {
	diffID, err := layer.DiffID()
	if err != nil {
		return nil, err
	}
	if packed, ok := p.done[diffID]; ok {
		return packed, nil
	}
	path := filepath.Join(p.dir, diffID.Hex+".tar.gz")
	if diffID == p.base.meta.DiffID {
		path = p.base.path
	} else if err := packLayer(layer, path); err != nil {
		return nil, err
	}
	packed, err := tarball.LayerFromFile(path, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	if p.done == nil {
		p.done = map[v1.Hash]v1.Layer{}
	}
	p.done[diffID] = packed
	return packed, nil
}

func packLayer(layer v1.Layer, path string) error {
	content, err := layer.Uncompressed()
	if err != nil {
		return err
	}
	defer content.Close()
	return writeGzip(path, &digests{}, func(w io.Writer) error {
		_, err := io.Copy(w, content)
		return err
	})
}
