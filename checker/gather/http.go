package gather

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"kihon/checker"
)

// requestTimeout bounds one request to a published port. A page on this
// computer answers within milliseconds; what takes longer hangs.
const requestTimeout = 2 * time.Second

// ask makes one request as a browser on this computer would. It goes to this
// computer alone: a lesson must not be able to reach other addresses through
// the learner.
func ask(ctx context.Context, url string) checker.HTTPAnswer {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	transport := &http.Transport{DialContext: dialLoopback, DisableKeepAlives: true, Proxy: nil}
	client := http.Client{
		Transport: transport,
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) >= 5 {
				return errors.New("stopped after 5 redirects")
			}
			return nil
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return checker.HTTPAnswer{Err: err.Error()}
	}
	req.Header.Set("Cache-Control", "no-cache")
	res, err := client.Do(req)
	if err != nil {
		return checker.HTTPAnswer{Err: cause(err)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxFile))
	if err != nil {
		return checker.HTTPAnswer{Err: cause(err)}
	}
	return checker.HTTPAnswer{Status: res.StatusCode, Body: body}
}

// cause returns the innermost message: "connection refused" and not the URL
// and addresses in front of it, which differ from run to run.
func cause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ips := []net.IP{net.ParseIP(host)}
	if host == "localhost" {
		ips = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	}
	var first error
	var d net.Dialer
	for _, ip := range ips {
		if ip == nil || !ip.IsLoopback() {
			return nil, fmt.Errorf("%s is not an address of this computer", host)
		}
		conn, err := d.DialContext(ctx, network, net.JoinHostPort(ip.String(), port))
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}
