package notice

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/token"
	"github.com/nocturne/nocturne/worklist/transit"
)

// OfSite explains why a site does not answer, where the reader can do something about
// it: a login, a certificate, the network's own login. ok is false for what passes by
// itself.
func OfSite(name string, err error) (n Notice, ok bool) {
	for _, rule := range atSite {
		if n, ok = rule(err); ok {
			break
		}
	}
	n = named(n, err)
	if ok && !strings.Contains(n.Sentence, name) {
		n.Sentence = name + ": " + n.Sentence
	}
	return n, ok
}

// named says "login server" where that is what could not be asked.
func named(n Notice, err error) Notice {
	var link *token.LinkError
	if errors.As(err, &link) {
		n.Sentence = strings.NewReplacer("The archive", "The login server", "the archive", "the login server").Replace(n.Sentence)
	}
	return n
}

var atSite = []func(error) (Notice, bool){as(needed), loginRefused, tlsTrouble, as(portal), unknown}

// thenAgain is the key after something was put right.
const thenAgain = "then " + again

func needed(e *token.NeededError) Notice {
	site := dicom.Clean(e.Site)
	if strings.ContainsAny(site, " '\"$`\\;&|<>()*?") {
		site = "'" + strings.ReplaceAll(site, "'", `'\''`) + "'"
	}
	return Notice{Sentence: capital(dicom.Clean(e.Error())) + ": nocturne login --site " + site, Key: ":login does it here"}
}

// loginRefused is what an authorization server said to us.
func loginRefused(err error) (Notice, bool) {
	return as(func(e *token.RefusedError) Notice {
		n := Notice{Sentence: "The login server refused.", Reason: e.Code, Key: again}
		if e.Code == "" {
			n.Reason = fmt.Sprintf("it answered %d", e.HTTP)
		}
		return n
	})(err)
}

// unknown is the archive's 401 or 403, or a network's 511, as refused says it.
func unknown(err error) (Notice, bool) {
	var e *pacs.StatusError
	if !errors.As(err, &e) || e.Reason() != pacs.Unauthorized && e.Code != ownLogin {
		return Notice{}, false
	}
	return refused(e), true
}

// ownLogin is the status of a network that wants its own login (RFC 6585 6).
const ownLogin = 511

// portal tells a network that wants its own login from other strangers.
func portal(e *pacs.NotArchiveError) Notice {
	if e.Portal() {
		return wantsBrowser(dicom.Clean(e.Got) + " came in the archive's place")
	}
	return Notice{Sentence: "Something else answers in the archive's place.", Reason: dicom.Clean(e.Got), Key: "check the address in config.toml, then R"}
}

func wantsBrowser(reason string) Notice {
	return Notice{Sentence: "This network wants a login in a browser first.", Reason: reason, Key: "open any page in a browser; it goes on by itself"}
}

// tlsTrouble says what is wrong with a certificate, and which key of config.toml or
// whose work puts it right.
func tlsTrouble(err error) (Notice, bool) {
	t, ok := transit.TLSTrouble(err)
	if !ok {
		return Notice{}, false
	}
	n, known := ofTLS[t.Kind]
	if !known {
		return Notice{}, false
	}
	const day = "2006-01-02 15:04 MST"
	switch t.Kind {
	case transit.Expired, transit.NotYet:
		n.Sentence = fmt.Sprintf(n.Sentence, t.Until.In(time.Local).Format(day))
	case transit.WrongHost:
		if t.Name != "" {
			n.Sentence = "The certificate that came is that of " + t.Name + ", not the archive's."
		}
	case transit.UnknownAuthority:
		if t.Issuer != "" {
			n.Sentence = fmt.Sprintf("The archive's certificate is signed by %q, which is not believed here.", t.Issuer)
		}
	}
	return n, true
}

var ofTLS = map[transit.TroubleKind]Notice{
	transit.Expired:          {Sentence: "The archive's certificate ended on %s.", Reason: "or this machine's clock is wrong", Key: "call the site; nothing is sent before it is renewed"},
	transit.NotYet:           {Sentence: "The archive's certificate is valid from %s on.", Reason: "or this machine's clock is wrong", Key: again},
	transit.WrongHost:        {Sentence: "The certificate that came is another host's, not the archive's.", Reason: "a wrong address in config.toml, or a network that wants a login in a browser first", Key: again},
	transit.SelfSigned:       {Sentence: "Nobody vouches for the archive's certificate.", Reason: "if the site confirms it, ca_file in config.toml names it", Key: thenAgain},
	transit.UnknownAuthority: {Sentence: "The archive's certificate is signed by nobody who is believed here.", Reason: "the site's own authority belongs into ca_file in config.toml; any other may be reading along", Key: "ask the site, " + thenAgain},
	transit.Unfit:            {Sentence: "The archive's certificate is not good for a server.", Key: "call the site"},
	transit.WrongPin:         {Sentence: "The archive has another key than pin_sha256 in config.toml says.", Reason: "it was renewed, or it is not the archive", Key: "call the site", Severe: true},
	transit.ClientWanted:     {Sentence: "The archive wants a certificate of ours.", Reason: "client_cert_file and client_key_file in config.toml", Key: thenAgain},
	transit.ClientRefused:    {Sentence: "The archive does not accept our certificate.", Reason: "client_cert_file in config.toml", Key: "ask the site for another, " + thenAgain},
	transit.ClientExpired:    {Sentence: "Our certificate for the archive has ended.", Reason: "client_cert_file in config.toml", Key: "ask the site for another, " + thenAgain},
	transit.ClientUnknown:    {Sentence: "The archive does not know who signed our certificate.", Reason: "client_cert_file in config.toml", Key: "ask the site for another, " + thenAgain},
	transit.ClientUnreadable: {Sentence: "Our certificate for the archive cannot be read.", Reason: "client_cert_file and client_key_file in config.toml", Key: thenAgain},
	transit.TooOld:           {Sentence: "The archive allows no TLS that is safe.", Reason: "TLS 1.2 or newer is needed", Key: "call the site"},
	transit.NotTLS:           {Sentence: "What answers at the archive's address does not speak TLS.", Reason: "a wrong port in config.toml, or a network that wants a login in a browser first", Key: again},
	transit.TLSWanted:        {Sentence: "The archive speaks TLS alone at this address.", Reason: "it begins with https:// in config.toml", Key: thenAgain},
}
