package token_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/nocturne/nocturne/worklist/pacs/token"
)

func TestATokenResponseIsReadAsServersWriteIt(t *testing.T) {
	for body, want := range map[string]time.Duration{
		`{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"bearer","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}`: time.Hour, // RFC 6749 5.1
		`{"access_token":"a","token_type":"Bearer","expires_in":"90"}`:                                                               90 * time.Second,
		`{"access_token":"a","token_type":"BEARER","expires_in":1.5}`:                                                                1500 * time.Millisecond,
		`{"access_token":"a","token_type":"Bearer"}`:                                                                                 0,
		`{"access_token":"a","token_type":"Bearer","expires_in":-5}`:                                                                 0,
		`{"access_token":"a","token_type":"Bearer","expires_in":null}`:                                                               0,
		`{"access_token":"a","token_type":"Bearer","expires_in":1e300}`:                                                              365 * 24 * time.Hour,
		`{"access_token":"a","token_type":"Bearer","expires_in":{}}`:                                                                 0,
	} {
		if _, _, lasts, err := token.Parse([]byte(body)); err != nil || lasts != want {
			t.Errorf("%s: %v, %v", body, lasts, err)
		}
	}
	for _, body := range []string{
		``, `[]`, `{}`, `null`, `{"access_token":"a"}`, `{"access_token":"","token_type":"Bearer"}`, `{"access_token":5,"token_type":"Bearer"}`,
		`{"access_token":"a b","token_type":"Bearer"}`, `{"access_token":"a\r\nX: y","token_type":"Bearer"}`, `{"access_token":"é","token_type":"Bearer"}`,
		`{"access_token":"a","token_type":"DPoP"}`, `{"access_token":"a","token_type":"mac"}`, `{"access_token":"a","token_type":"Bearer","refresh_token":"\u0000"}`,
		`{"access_token":"` + strings.Repeat("a", 40<<10) + `","token_type":"Bearer"}`,
	} {
		if _, _, _, err := token.Parse([]byte(body)); !errors.Is(err, token.ErrMalformed) {
			t.Errorf("%.60s: %v", body, err)
		}
	}
}

func FuzzTokenResponse(f *testing.F) {
	f.Add([]byte(`{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"bearer","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}`))
	f.Add([]byte(`{"access_token":"a","token_type":"Bearer","expires_in":"1e9"}`))
	f.Add([]byte(`{"access_token":"a\u000d","token_type":"Bearer","expires_in":NaN}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		access, refresh, lasts, err := token.Parse(body)
		if err != nil {
			if !errors.Is(err, token.ErrMalformed) || access != "" || refresh != "" {
				t.Errorf("%q with %v", access, err)
			}
			return
		}
		unfit := func(r rune) bool { return r <= ' ' || r > '~' }
		if access == "" || strings.IndexFunc(access, unfit) >= 0 || lasts < 0 || lasts > 365*24*time.Hour {
			t.Errorf("%q for %v", access, lasts)
		}
	})
}

func FuzzDeviceResponse(f *testing.F) {
	f.Add([]byte(`{"device_code":"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS","user_code":"WDJB-MJHT","verification_uri":"https://example.com/device","verification_uri_complete":"https://example.com/device?user_code=WDJB-MJHT","expires_in":1800,"interval":5}`)) // RFC 8628 3.2
	f.Add([]byte(`{"device_code":"a","user_code":"\u001b[31m","verification_url":"https://e"}`))
	f.Add([]byte(`{"device_code":"a","user_code":"b","verification_uri":"javascript:alert(1)"}`))
	src, err := token.New(token.Config{Site: "N", Issuer: "https://idp", ClientID: "c", Rest: rest(f, f.TempDir())})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := src.Invite(body)
		if err != nil {
			return
		}
		for _, s := range []string{p.URL, p.Complete, p.Code} {
			if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r > '~' }) >= 0 {
				t.Errorf("%q would be printed", s)
			}
		}
		if !strings.HasPrefix(strings.ToLower(p.URL), "https://") || time.Until(p.Until) > 2*time.Hour {
			t.Errorf("%+v", p)
		}
	})
}
