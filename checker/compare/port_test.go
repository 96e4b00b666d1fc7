package compare_test

import (
	"testing"

	"github.com/docker/go-connections/nat"

	"kihon/checker"
)

// causesOfPorts are the stories about a container that runs and whose port is
// not the demanded one.
func causesOfPorts() []story {
	again := []string{"docker rm -f apa000ex2", runWeb}
	dns := task("ports/dns", containerCheck(checker.ContainerFact{Name: web, Image: "httpd", State: "running"}),
		portCheck(checker.PortFact{Container: web, Host: 5353, Inside: 53, Protocol: "udp"}))
	againDNS := []string{"docker rm -f apa000ex2", "docker run --name apa000ex2 -d -p 5353:53/udp httpd"}
	published := func(name, code, found string, specs ...string) story {
		return story{
			name: name, task: reachApache, scene: there(made(web, publish(specs...))),
			code: code, subject: "container apa000ex2", wanted: "8080->80/tcp", found: found, commands: again,
		}
	}
	with := func(s story, key, value string) story {
		s.args = map[string]string{key: value, "host_port": "8080", "container_port": "80"}
		return s
	}
	return []story{
		{
			name: "no port", task: reachApache, scene: there(made(web)),
			code: checker.PortNotPublished, wanted: "8080->80/tcp", found: "not published", commands: again,
			args: map[string]string{"host_port": "8080", "container_port": "80", "container": web},
		},
		{
			name: "exposed, which publishes nothing", task: reachApache,
			scene: there(made(web, func(c *checker.Container) { c.Config.ExposedPorts = nat.PortSet{"8080/tcp": {}} })),
			code:  checker.PortNotPublished, found: "not published", commands: again,
		},
		published("the wrong way round", checker.PortReversed, "80->8080/tcp", "80:8080"),
		published("the wrong way round, on this computer only", checker.PortReversed, "127.0.0.1:80->8080/tcp", "127.0.0.1:80:8080"),
		published("the wrong way round with one number off", checker.PortReversed, "80->8081/tcp", "80:8081"),
		published("the wrong way round beside another port", checker.PortReversed, "80->8080/tcp", "443:443", "80:8080"),
		with(published("the same number on both sides", checker.PortWrongContainerPort, "8080->8080/tcp", "8080:8080"), "found_port", "8080/tcp"),
		with(published("another port inside", checker.PortWrongContainerPort, "8080->8000/tcp", "8080:8000"), "found_port", "8000/tcp"),
		with(published("neither number fits", checker.PortWrongContainerPort, "9000->9001/tcp", "9000:9001"), "found_port", "9001/tcp"),
		with(published("the other protocol", checker.PortWrongContainerPort, "8080->80/udp", "8080:80/udp"), "found_port", "80/udp"),
		with(published("another number on the left", checker.PortWrongHostPort, "8880->80/tcp", "8880:80"), "found_port", "8880"),
		with(published("the same number on the left as on the right", checker.PortWrongHostPort, "80->80/tcp", "80:80"), "found_port", "80"),
		with(published("a range that began elsewhere", checker.PortWrongHostPort, "8090->80/tcp", "8090-8091:80-81"), "found_port", "8090"),
		with(published("one number only", checker.PortRandomHostPort, "49153->80/tcp", "80"), "found_port", "49153"),
		with(published("an address and no number", checker.PortRandomHostPort, "49153->80/tcp", "127.0.0.1::80"), "found_port", "49153"),
		with(published("nought, which lets Docker choose", checker.PortRandomHostPort, "49153->80/tcp", "0:80"), "found_port", "49153"),
		{
			name: "all ports, chosen by Docker", task: reachApache, scene: there(made(web, publishAll("49160"))),
			code: checker.PortRandomHostPort, found: "49160->80/tcp", args: map[string]string{"found_port": "49160"}, commands: again,
		},
		{
			name: "tcp where udp is asked for", task: dns, scene: there(made(web, publish("5353:53"))),
			code: checker.PortWrongContainerPort, wanted: "5353->53/udp", found: "5353->53/tcp", commands: againDNS,
		},
		{
			name: "another number on the left, over udp", task: dns, scene: there(made(web, publish("53:53/udp"))),
			code: checker.PortWrongHostPort, wanted: "5353->53/udp", found: "53->53/udp", commands: againDNS,
		},
		{
			name: "the lesson's port was taken, and the text's own was typed",
			task: task("ports/reach-apache", containerCheck(checker.ContainerFact{Name: web, Image: "httpd", State: "running"}),
				portCheck(checker.PortFact{Container: web, Host: 18080, Inside: 80})),
			scene: there(made(web, publish("8080:80"), halfMade(128, portOfAProgram))),
			code:  checker.PortInUseByProgram, args: map[string]string{"host_port": "8080"},
			commands: []string{"docker rm -f apa000ex2", "docker run --name apa000ex2 -d -p 18080:80 httpd"},
		},
	}
}

func TestWhyAPortDoesNotLeadWhereItShould(t *testing.T) { tell(t, causesOfPorts()) }

// Both numbers stand where they should; only the protocol is another one.
func TestTheOtherProtocolIsNotTheWrongWayRound(t *testing.T) {
	same := task("ports/dns", containerCheck(checker.ContainerFact{Name: web, Image: "httpd", State: "running"}),
		portCheck(checker.PortFact{Container: web, Host: 53, Inside: 53, Protocol: "udp"}))
	tell(t, []story{{
		name: "tcp where udp is asked for", task: same, scene: there(made(web, publish("53:53"))),
		code: checker.PortWrongContainerPort, found: "53->53/tcp",
		commands: []string{"docker rm -f apa000ex2", "docker run --name apa000ex2 -d -p 53:53/udp httpd"},
	}})
}

// A port 80 that a lesson has the image listen on is the right one inside,
// although the same number also stands on the left.
func TestAPortThatTheImageDeclaresIsNotTheWrongWayRound(t *testing.T) {
	tomcat := task("ports/tomcat", containerCheck(checker.ContainerFact{Name: web, Image: "httpd", State: "running"}),
		portCheck(checker.PortFact{Container: web, Host: 8080, Inside: 80}))
	s := there(made(web, publish("80:8080")))
	s.exposed = map[string][]string{"httpd": {"80/tcp", "8080/tcp"}}
	tell(t, []story{{
		name: "it listens on both", task: tomcat, scene: s,
		code: checker.PortWrongContainerPort, found: "80->8080/tcp", commands: []string{"docker rm -f apa000ex2", runWeb},
	}})
}

// TestTheEnginesWordsForATakenPort holds what the engines and desktops of these
// years say when a host port is taken, and that the right one of the numbers
// in it is taken for the host port.
func TestTheEnginesWordsForATakenPort(t *testing.T) {
	const endpoint = "driver failed programming external connectivity on endpoint apa000ex2 (e7af1c): "
	for name, c := range map[string]struct{ message, code, port string }{
		"by a container":                   {endpoint + "Bind for 0.0.0.0:8080 failed: port is already allocated", checker.PortInUseByContainer, "8080"},
		"by a container, IPv6":             {endpoint + "Bind for :::8080 failed: port is already allocated", checker.PortInUseByContainer, "8080"},
		"by a container, since 28":         {"failed to set up container networking: " + endpoint + "Bind for 0.0.0.0:8080 failed: port is already allocated", checker.PortInUseByContainer, "8080"},
		"by a program":                     {endpoint + "Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use", checker.PortInUseByProgram, "8080"},
		"by a program, older":              {endpoint + "Error starting userland proxy: listen tcp 0.0.0.0:8080: bind: address already in use", checker.PortInUseByProgram, "8080"},
		"by a program, IPv6":               {endpoint + "Error starting userland proxy: listen tcp6 [::]:8080: bind: address already in use", checker.PortInUseByProgram, "8080"},
		"by a program, one address":        {endpoint + "Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use", checker.PortInUseByProgram, "8080"},
		"by a program, udp":                {endpoint + "Error starting userland proxy: listen udp4 0.0.0.0:8080: bind: address already in use", checker.PortInUseByProgram, "8080"},
		"by a program, in a desktop":       {"Ports are not available: exposing port TCP 0.0.0.0:8080 -> 127.0.0.1:0: listen tcp 0.0.0.0:8080: bind: address already in use", checker.PortInUseByProgram, "8080"},
		"by a program, 28, with both ends": {"failed to set up container networking: " + endpoint + "failed to bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use", checker.PortInUseByProgram, "8080"},
		"by a program, 28, IPv6":           {"failed to set up container networking: " + endpoint + "failed to bind host port for [::]:8080:[fd00::2]:80/tcp: address already in use", checker.PortInUseByProgram, "8080"},
		"by a program, 29":                 {"failed to set up container networking: " + endpoint + "failed to bind host port 0.0.0.0:8080/tcp: address already in use", checker.PortInUseByProgram, "8080"},
		"by a program, 29, IPv6":           {"failed to set up container networking: " + endpoint + "failed to bind host port [::]:8080/tcp: address already in use", checker.PortInUseByProgram, "8080"},
	} {
		advice := []string{"docker rm -f apa000ex2", runWeb}
		if c.code == checker.PortInUseByProgram {
			advice = []string{"kihon reset ports/reach-apache"} // which draws another port
		}
		tell(t, []story{{
			name: name, task: reachApache, scene: there(made(web, publish("8080:80"), halfMade(128, c.message))),
			code: c.code, found: c.message, args: map[string]string{"host_port": c.port}, commands: advice,
		}})
	}
}
