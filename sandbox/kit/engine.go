package kit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/client"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Engine is what a kit asks of an engine. *client.Client of the engine's Go
// client fits; API 1.41 or later is expected.
type Engine interface {
	ServerVersion(ctx context.Context) (types.Version, error)

	ImageInspect(ctx context.Context, ref string, opts ...client.ImageInspectOption) (image.InspectResponse, error)
	ImageList(ctx context.Context, opts image.ListOptions) ([]image.Summary, error)
	ImageImport(ctx context.Context, source image.ImportSource, ref string, opts image.ImportOptions) (io.ReadCloser, error)
	ImageBuild(ctx context.Context, buildContext io.Reader, opts build.ImageBuildOptions) (build.ImageBuildResponse, error)
	ImageSave(ctx context.Context, refs []string, opts ...client.ImageSaveOption) (io.ReadCloser, error)
	ImageLoad(ctx context.Context, archive io.Reader, opts ...client.ImageLoadOption) (image.LoadResponse, error)
	ImageTag(ctx context.Context, source, target string) error
	ImageRemove(ctx context.Context, ref string, opts image.RemoveOptions) ([]image.DeleteResponse, error)

	// Containers are needed to look into an image, and to clear away what
	// an interrupted build has left.
	ContainerCreate(ctx context.Context, config *container.Config, host *container.HostConfig, net *network.NetworkingConfig, platform *ocispec.Platform, name string) (container.CreateResponse, error)
	ContainerList(ctx context.Context, opts container.ListOptions) ([]container.Summary, error)
	ContainerRemove(ctx context.Context, id string, opts container.RemoveOptions) error
	CopyFromContainer(ctx context.Context, id, path string) (io.ReadCloser, container.PathStat, error)
}

// PlatformOf returns the platform that the engine's images must have. It only
// asks.
func PlatformOf(ctx context.Context, eng Engine) (v1.Platform, error) {
	version, err := eng.ServerVersion(ctx)
	if err != nil {
		return v1.Platform{}, fmt.Errorf("ask the engine for its platform: %w", err)
	}
	return v1.Platform{OS: version.Os, Architecture: version.Arch}, nil
}

// message is one object of the streams that build, import and load answer
// with. An error in the middle of a stream comes after a status of 200.
type message struct {
	Stream      string `json:"stream"`
	Status      string `json:"status"`
	Error       string `json:"error"`
	ErrorDetail struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"errorDetail"`
}

// streamError is an error that came in a stream.
type streamError struct {
	code int // exit code of the failed command, or 0
	text string
}

func (e *streamError) Error() string { return e.text }

// readMessages passes each message to each until the stream ends, and closes
// the stream. A message with an error ends it with a *streamError.
func readMessages(body io.ReadCloser, each func(message)) error {
	defer body.Close()
	decoder := json.NewDecoder(body)
	for {
		var m message
		if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the engine's answer: %w", err)
		}
		if m.Error != "" || m.ErrorDetail.Message != "" {
			text := m.ErrorDetail.Message
			if text == "" {
				text = m.Error
			}
			return &streamError{code: m.ErrorDetail.Code, text: text}
		}
		each(m)
	}
}
