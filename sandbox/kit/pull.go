package kit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// PullOptions says where Pull takes images from.
type PullOptions struct {
	// Registry is HOST or HOST/PREFIX of a registry that holds the images
	// (httpd below HOST/PREFIX/httpd). Empty: where their names say.
	Registry string
	// Platform is the one that the images must have; see PlatformOf.
	Platform v1.Platform
	// Progress may be nil.
	Progress Progress

	onlyLacking bool
}

// reachTimeout is how long a registry may take to say that it is there.
const reachTimeout = 3 * time.Second

// Reachable reports whether a registry, HOST or HOST/PREFIX, answers within
// three seconds; empty means Docker Hub. The error is a *NetworkError.
func Reachable(ctx context.Context, registry string) error {
	ref, err := name.ParseReference(mirrored("docker.io/library/hello-world:latest", registry))
	if err != nil {
		return fmt.Errorf("registry %q: %w", registry, err)
	}
	return reach(ctx, ref.Context().Registry)
}

func reach(ctx context.Context, registry name.Registry) error {
	short, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	_, err := transport.Ping(short, registry, remote.DefaultTransport)
	var answered *transport.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &answered) && answered.StatusCode < http.StatusInternalServerError:
		return nil // it is there; what it thinks of us shows when we pull
	}
	return &NetworkError{Host: registry.Name(), Tried: []string{fmt.Sprintf("https://%s/v2/: %v", registry.RegistryStr(), err)}}
}

// Pull fetches the images from their registry, or from opts.Registry, into the
// kit. The engine is not involved. Credentials are those of the Docker CLI's
// configuration, where there are any. Errors to react to: ErrNoNetwork; the
// registry's own refusals are a *transport.Error of go-containerregistry.
func (k *Kit) Pull(ctx context.Context, names []string, opts PullOptions) error {
	return k.pull(ctx, names, opts, newReporter(opts.Progress))
}

func (k *Kit) pull(ctx context.Context, names []string, opts PullOptions, report reporter) error {
	names, err := fullNames(names)
	if err != nil || len(names) == 0 {
		return err
	}
	refs := map[string]name.Reference{}
	reached := map[string]bool{}
	for _, full := range names {
		ref, err := name.ParseReference(mirrored(full, opts.Registry))
		if err != nil {
			return fmt.Errorf("pull %s: %w", full, err)
		}
		refs[full] = ref
		// Found out in three seconds, not after the retries of a transfer.
		if registry := ref.Context().Registry; !reached[registry.Name()] {
			if err := reach(ctx, registry); err != nil {
				return err
			}
			reached[registry.Name()] = true
		}
	}
	return k.write(ctx, report, func(w *layoutWriter) error {
		if opts.onlyLacking {
			// Somebody else may have pulled them while we waited.
			if names, err = k.lacking(ctx, names, report); err != nil {
				return err
			}
		}
		for _, full := range names {
			if err := pullOne(ctx, full, refs[full], opts.Platform, w, report); err != nil {
				return err
			}
		}
		return nil
	})
}

func pullOne(ctx context.Context, full string, ref name.Reference, platform v1.Platform, w *layoutWriter, report reporter) error {
	img, err := remote.Image(ref,
		remote.WithContext(ctx),
		remote.WithPlatform(platform),
		remote.WithAuthFromKeychain(authn.DefaultKeychain))
	if err != nil {
		return fmt.Errorf("pull %s from %s: %w", full, ref.Context().RegistryStr(), err)
	}
	manifest, err := img.Manifest()
	if err != nil {
		return fmt.Errorf("pull %s: %w", full, err)
	}
	step := Step{Stage: StagePull, Image: full, Total: manifest.Config.Size}
	for _, layer := range manifest.Layers {
		step.Total += layer.Size
	}
	finish := report.stage(step)
	metered := meteredImage{Image: img, meter: report.meter(step)}
	// Docker Hub's name is not the name of its host.
	host := ref.Context().RegistryStr()
	if host == name.DefaultRegistry {
		host = "docker.io"
	}
	if err := w.add(metered, full, "pulled from "+host); err != nil {
		return err
	}
	finish()
	return nil
}

// meteredImage counts the bytes of its layers as they arrive.
type meteredImage struct {
	v1.Image
	meter *meter
}

func (i meteredImage) Layers() ([]v1.Layer, error) {
	layers, err := i.Image.Layers()
	if err != nil {
		return nil, err
	}
	metered := make([]v1.Layer, len(layers))
	for n, layer := range layers {
		metered[n] = meteredLayer{Layer: layer, meter: i.meter}
	}
	return metered, nil
}

type meteredLayer struct {
	v1.Layer
	meter *meter
}

func (l meteredLayer) Compressed() (io.ReadCloser, error) {
	content, err := l.Layer.Compressed()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.TeeReader(content, l.meter), content}, nil
}
