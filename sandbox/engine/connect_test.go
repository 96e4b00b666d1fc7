//go:build unix

package engine_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kihon/sandbox/engine"
)

// here is the engine of this machine.
func here(t *testing.T) *engine.Engine {
	t.Helper()
	found, err := engine.Find(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	return connect(t, found)
}

func connect(t *testing.T, found engine.Endpoint) *engine.Engine {
	t.Helper()
	e, err := engine.Connect(t.Context(), found)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func at(t *testing.T, env map[string]string) engine.Endpoint {
	t.Helper()
	if env["DOCKER_CONFIG"] == "" {
		env["DOCKER_CONFIG"] = t.TempDir()
	}
	found, err := engine.Find(lookup(env))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheEngineTellsWhatItIsAndWhatTimeItIs(t *testing.T) {
	e := here(t)
	if err := e.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, err := e.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"PATH": os.Getenv("PATH"), "DOCKER_HOST": e.Endpoint.Host}
	if want := dockerCLI(t, env, "version", "--format", "{{.Server.Version}} {{.Server.APIVersion}} {{.Server.Os}} {{.Server.Arch}}"); strings.Join([]string{v.Engine, v.API, v.OS, v.Arch}, " ") != want {
		t.Errorf("%+v, docker version says %s", v, want)
	}
	now, err := e.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if off := time.Since(now).Abs(); off > time.Minute {
		t.Errorf("the engine's time %v is %v away", now, off)
	}
}

func TestTheEngineTellsWhenItStarted(t *testing.T) {
	e := here(t)
	started, err := e.Started(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now, err := e.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if started.IsZero() || started.After(now) {
		t.Errorf("started %v, now %v", started, now)
	}
}

func TestTheAPIVersionIsTheEnginesWhenThatIsOlder(t *testing.T) {
	e := here(t)
	v, err := e.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if e.ClientVersion() > v.API {
		t.Errorf("the client speaks %s to an engine of %s", e.ClientVersion(), v.API)
	}
}

func TestARawConnectionSpeaksHTTP(t *testing.T) {
	conn, err := here(t).Endpoint.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
	answer, err := io.ReadAll(conn)
	if err != nil || !bytes.HasSuffix(answer, []byte("OK")) {
		t.Fatalf("%q %v", answer, err)
	}
}

// Package checker/outage sorts these errors by the client's words.
func TestAnEngineThatIsDownIsAnErrorOfTheFirstCall(t *testing.T) {
	dir := t.TempDir()
	dead := filepath.Join(dir, "dead.sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: dead, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()

	for host, want := range map[string]string{
		"unix://" + filepath.Join(dir, "none.sock"): "Cannot connect to the Docker daemon at unix://",
		"unix://" + dead:                  "Cannot connect to the Docker daemon at unix://",
		"tcp://" + closed.Addr().String(): "Cannot connect to the Docker daemon at tcp://",
	} {
		e := connect(t, at(t, map[string]string{"DOCKER_HOST": host}))
		err := e.Ping(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", host, err)
		}
		_, err = e.Endpoint.Dial(t.Context())
		var op *net.OpError
		if !errors.As(err, &op) {
			t.Errorf("dial %s: %v", host, err)
		}
	}
}

func TestAnEngineThatIsSilentEndsWithTheDeadline(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "silent.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	e := connect(t, at(t, map[string]string{"DOCKER_HOST": "unix://" + socket}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := e.Ping(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if _, err := e.Endpoint.Dial(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("dial after the deadline: %v", err)
	}
}

// A socket of root's cannot be tried by root; so the test runs itself again as
// nobody.
func TestASocketOfSomebodyElseIsPermissionDenied(t *testing.T) {
	if socket := os.Getenv("KIHON_TEST_DENIED"); socket != "" {
		e := connect(t, at(t, map[string]string{"DOCKER_HOST": "unix://" + socket, "DOCKER_CONFIG": "/nonexistent"}))
		if err := e.Ping(t.Context()); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("ping: %v", err)
		}
		if _, err := e.Endpoint.Dial(t.Context()); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("dial: %v", err)
		}
		return
	}
	dir, err := os.MkdirTemp("", "kihontest-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "denied.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	test := filepath.Join(dir, "engine.test")
	if err := errors.Join(os.WriteFile(test, program, 0o755), os.Chmod(dir, 0o755), os.Chmod(socket, 0o000)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(test, "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "KIHON_TEST_DENIED="+socket)
	cmd.Dir = dir
	asNobody(cmd)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// certificatesOf is a directory as DOCKER_CERT_PATH wants it, and the server's side of it.
type certificatesOf struct {
	dir    string
	server *tls.Config
}

// certificates makes an authority, a certificate for 127.0.0.1 and one for a client.
func certificates(t *testing.T) certificatesOf {
	t.Helper()
	dir := t.TempDir()
	write := func(name, kind string, der []byte) {
		text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sign := func(serial int64, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "kihontest"},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
			IsCA:                  parent == nil,
			BasicConstraintsValid: true,
			ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}
		if parent == nil {
			parent, parentKey = template, key
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
		if err != nil {
			t.Fatal(err)
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return made, key
	}
	authority, authorityKey := sign(1, nil, nil)
	server, serverKey := sign(2, authority, authorityKey)
	learner, learnerKey := sign(3, authority, authorityKey)
	keyText, err := x509.MarshalECPrivateKey(learnerKey)
	if err != nil {
		t.Fatal(err)
	}
	write("ca.pem", "CERTIFICATE", authority.Raw)
	write("cert.pem", "CERTIFICATE", learner.Raw)
	write("key.pem", "EC PRIVATE KEY", keyText)
	pool := x509.NewCertPool()
	pool.AddCert(authority)
	return certificatesOf{dir, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{server.Raw}, PrivateKey: serverKey}},
		ClientCAs:    pool, ClientAuth: tls.RequireAndVerifyClientCert,
	}}
}

func TestAnEncryptedEngineIsReachedWithTheCertificatesOfTheDockerCommand(t *testing.T) {
	files := certificates(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.41")
		io.WriteString(w, "OK")
	}))
	server.TLS = files.server
	server.StartTLS()
	defer server.Close()
	host := "tcp://" + server.Listener.Addr().String()

	config := environment(t)
	dockerCLI(t, config, "context", "create", "over-tls", "--docker",
		"host="+host+",ca="+files.dir+"/ca.pem,cert="+files.dir+"/cert.pem,key="+files.dir+"/key.pem")
	config["DOCKER_CONTEXT"] = "over-tls"

	for name, env := range map[string]map[string]string{
		"environment": {"DOCKER_HOST": host, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": files.dir},
		"context":     config,
	} {
		t.Run(name, func(t *testing.T) {
			e := connect(t, at(t, env))
			if err := e.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			conn, err := e.Endpoint.Dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
			answer, err := io.ReadAll(conn)
			if err != nil || !bytes.HasSuffix(answer, []byte("OK")) {
				t.Errorf("%q %v", answer, err)
			}
		})
	}
}

// The program ssh is one of our own, which carries the command out here.
func TestAnEngineIsReachedOverSSH(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nshift 2\nexec sh -c \"$*\"\n"
	if err := os.WriteFile(filepath.Join(bin, "ssh"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	there := here(t).Endpoint.Host
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("DOCKER_HOST", there)
	e := connect(t, at(t, map[string]string{"DOCKER_HOST": "ssh://ana@lab.example"}))
	if _, err := e.Version(t.Context()); err != nil {
		t.Error(err)
	}
	conn, err := e.Endpoint.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
	answer := make([]byte, 15)
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 200 OK" {
		t.Errorf("%q %v", answer, err)
	}
}
