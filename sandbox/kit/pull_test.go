package kit

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// aRegistry serves a registry on 127.0.0.1 and returns its host and port.
func aRegistry(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func push(t *testing.T, ref string, what remote.Taggable) {
	t.Helper()
	tag, err := name.NewTag(ref)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Push(tag, what); err != nil {
		t.Fatal(err)
	}
}

var linuxAMD64 = v1.Platform{OS: "linux", Architecture: "amd64"}

func TestImagesArePulledFromTheRegistryOfTheSetting(t *testing.T) {
	host := aRegistry(t)
	httpd := tiny(t, map[string]string{"httpd": noise(t, 300_000)})
	mine := tiny(t, map[string]string{"mine": "yes"})
	push(t, host+"/course/httpd:latest", httpd)
	push(t, host+"/course/team/mine:2", mine)

	var steps recorder
	k := newKit(t)
	err := k.Pull(context.Background(), []string{"httpd", "team/mine:2"}, PullOptions{
		Registry: host + "/course", Platform: linuxAMD64, Progress: steps.progress,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, k), []string{"docker.io/library/httpd:latest", "docker.io/team/mine:2"}; !slices.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
	list, err := k.List(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := httpd.Digest()
	if err != nil {
		t.Fatal(err)
	}
	id, err := httpd.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	if got := list.Items[0]; got.Digest != digest.String() || got.ID != id.String() || got.Origin != "pulled from "+host {
		t.Errorf("pulled %+v, want digest %s, ID %s", got, digest, id)
	}
	var most, finished int64
	for _, s := range steps.steps {
		if s.Stage == StagePull && s.Image == "docker.io/library/httpd:latest" {
			switch s.State {
			case Running:
				most = max(most, s.Done)
			case Finished:
				finished = s.Total
			}
		}
	}
	if most < 250_000 || finished < 300_000 {
		t.Errorf("progress went to %d of %d bytes", most, finished)
	}
}

func TestTheImageOfTheEnginesPlatformIsPulled(t *testing.T) {
	host := aRegistry(t)
	index := mutate.AppendManifests(empty.Index,
		mutate.IndexAddendum{Add: tiny(t, map[string]string{"which": "arm"}), Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "arm64"}}},
		mutate.IndexAddendum{Add: tiny(t, map[string]string{"which": "amd"}), Descriptor: v1.Descriptor{Platform: &linuxAMD64}},
	)
	push(t, host+"/httpd:latest", index)
	k := newKit(t)
	if err := k.Pull(context.Background(), []string{"httpd"}, PullOptions{Registry: host, Platform: linuxAMD64}); err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	list, err := k.List(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := list.Items[0].Digest, manifest.Manifests[1].Digest.String(); got != want {
		t.Errorf("pulled %s, want %s", got, want)
	}
}

func TestAPullIsAllOrNothing(t *testing.T) {
	host := aRegistry(t)
	push(t, host+"/httpd:latest", tiny(t, map[string]string{"httpd": "yes"}))
	k := newKit(t)
	err := k.Pull(context.Background(), []string{"httpd", "nosuch"}, PullOptions{Registry: host, Platform: linuxAMD64})
	if err == nil || !strings.Contains(err.Error(), "nosuch") {
		t.Errorf("error %v, want one that names the image", err)
	}
	if k.Exists() {
		t.Errorf("the kit has %v", names(t, k))
	}
}

// The registry serves a layer that is not what the manifest says.
func TestALayerThatIsNotWhatItsDigestSaysIsRefused(t *testing.T) {
	img := tiny(t, map[string]string{"httpd": noise(t, 10_000)})
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	digest, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	real := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	lying := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lying && strings.HasSuffix(r.URL.Path, digest.String()) {
			size, _ := layers[0].Size()
			io.WriteString(w, strings.Repeat("x", int(size)))
			return
		}
		real.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	push(t, host+"/httpd:latest", img)
	lying = true
	k := newKit(t)
	if err := k.Pull(context.Background(), []string{"httpd"}, PullOptions{Registry: host, Platform: linuxAMD64}); err == nil {
		t.Error("the layer was taken")
	}
	if k.Exists() {
		t.Errorf("the kit has %v", names(t, k))
	}
}

func TestACancelledPullLeavesNothing(t *testing.T) {
	host := aRegistry(t)
	push(t, host+"/httpd:latest", tiny(t, map[string]string{"httpd": noise(t, 2_000_000)}))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	k := newKit(t)
	err := k.Pull(ctx, []string{"httpd"}, PullOptions{Registry: host, Platform: linuxAMD64, Progress: func(s Step) {
		if s.Stage == StagePull && s.State == Running {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if left := files(t, k.cache); k.Exists() || len(left) > 1 {
		t.Errorf("left: %v", left)
	}
}

func TestARegistryThatDoesNotAnswerIsFoundOutSoon(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "out of order", http.StatusServiceUnavailable)
	}))
	t.Cleanup(failing.Close)
	private := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "who are you?", http.StatusUnauthorized)
	}))
	t.Cleanup(private.Close)
	tests := []struct {
		name      string
		url       string
		reachable bool
	}{
		{"nobody listens", closed.URL, false},
		{"it says nothing", silent.URL, false},
		{"it is out of order", failing.URL, false},
		{"it wants to know who asks", private.URL, true},
		{"it answers", "http://" + aRegistry(t), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			host := strings.TrimPrefix(test.url, "http://")
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			err := Reachable(ctx, host+"/prefix")
			if ctx.Err() != nil {
				t.Fatal("it took longer than ten seconds")
			}
			if (err == nil) != test.reachable {
				t.Fatalf("error %v, reachable is %v", err, test.reachable)
			}
			if test.reachable {
				return
			}
			var network *NetworkError
			if !errors.Is(err, ErrNoNetwork) || !errors.As(err, &network) || network.Host != host || len(network.Tried) == 0 {
				t.Errorf("error %v, want a *NetworkError for %s", err, host)
			}
			k := newKit(t)
			if err := k.Pull(ctx, []string{"httpd"}, PullOptions{Registry: host, Platform: linuxAMD64}); !errors.Is(err, ErrNoNetwork) {
				t.Errorf("pull: %v, want ErrNoNetwork", err)
			}
		})
	}
}

func TestNamesAreTheEnginesNames(t *testing.T) {
	for ref, want := range map[string]string{
		"httpd":                          "docker.io/library/httpd:latest",
		"httpd:2.4":                      "docker.io/library/httpd:2.4",
		"docker.io/httpd":                "docker.io/library/httpd:latest",
		"team/mine":                      "docker.io/team/mine:latest",
		"registry.example:5000/a/b:c":    "registry.example:5000/a/b:c",
		"docker.io/library/httpd:latest": "docker.io/library/httpd:latest",
	} {
		if got, err := FullName(ref); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", ref, got, err, want)
		}
	}
	for _, ref := range []string{"", "HTTPD", "../httpd", "httpd@sha256:" + strings.Repeat("a", 64), "a b"} {
		if got, err := FullName(ref); err == nil {
			t.Errorf("%q was taken for the name %s", ref, got)
		}
	}
}

func TestARegistryOfTheSettingHoldsImagesUnderTheirShortNames(t *testing.T) {
	for _, test := range []struct{ name, registry, want string }{
		{"docker.io/library/httpd:latest", "", "docker.io/library/httpd:latest"},
		{"docker.io/library/httpd:latest", "host.example", "host.example/httpd:latest"},
		{"docker.io/library/httpd:latest", "host.example:5000/a/b/", "host.example:5000/a/b/httpd:latest"},
		{"docker.io/team/mine:2", "host.example/course", "host.example/course/team/mine:2"},
		{"registry.example/a:latest", "host.example", "host.example/a:latest"},
	} {
		if got := mirrored(test.name, test.registry); got != test.want {
			t.Errorf("%s at %q is %s, want %s", test.name, test.registry, got, test.want)
		}
	}
}
