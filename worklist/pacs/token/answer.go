package token

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Bounds of what an authorization server may make us hold.
const (
	maxBody  = 1 << 20
	maxToken = 32 << 10 // more than a server takes in a header
	maxLasts = 365 * 24 * time.Hour
)

// answer is a successful token response (RFC 6749 5.1, OpenID Connect Core 3.1.3.3).
type answer struct {
	access, refresh, id string
	lasts               time.Duration // 0: not said
}

// b64token is RFC 6750 2.1: what may stand in a header, and cannot break it.
var b64token = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)

// parseAnswer reads a token response. Everything but a bearer token that can stand in a
// header is ErrMalformed.
func parseAnswer(body []byte) (answer, error) {
	var r struct {
		Access  string          `json:"access_token"`
		Type    string          `json:"token_type"`
		Expires json.RawMessage `json:"expires_in"`
		Refresh string          `json:"refresh_token"`
		ID      string          `json:"id_token"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return answer{}, ErrMalformed
	}
	if !strings.EqualFold(r.Type, "Bearer") || len(r.Access) > maxToken || !b64token.MatchString(r.Access) ||
		len(r.Refresh) > maxToken || !visible(r.Refresh) || len(r.ID) > maxBody {
		return answer{}, ErrMalformed
	}
	return answer{access: r.Access, refresh: r.Refresh, id: r.ID, lasts: seconds(r.Expires, time.Second)}, nil
}

// seconds reads a number of seconds, which some servers write as a string; 0 where it is
// missing, unreadable or not positive, and never more than a year.
func seconds(raw json.RawMessage, unit time.Duration) time.Duration {
	f, err := strconv.ParseFloat(strings.Trim(string(raw), `" `), 64)
	if err != nil || math.IsNaN(f) || f <= 0 {
		return 0
	}
	return time.Duration(min(f, maxLasts.Seconds()) * float64(unit))
}

// visible is VSCHAR of RFC 6749 appendix A.
func visible(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e }) < 0
}

// errorCodes are those of the standards; a server's own words are not repeated.
var errorCodes = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true, "unauthorized_client": true, // RFC 6749 5.2
	"unsupported_grant_type": true, "invalid_scope": true,
	"access_denied": true, "unsupported_response_type": true, "server_error": true, "temporarily_unavailable": true, // RFC 6749 4.1.2.1
	"authorization_pending": true, "slow_down": true, "expired_token": true, // RFC 8628 3.5
	"unsupported_token_type": true, "invalid_token": true, // RFC 7009 2.2.1, RFC 6750 3.1
	"login_required": true, "interaction_required": true, "consent_required": true, // OpenID Connect Core 3.1.2.6
}

// parseError reads an error response (RFC 6749 5.2).
func parseError(op string, status int, body []byte) *RefusedError {
	var r struct {
		Error json.RawMessage `json:"error"`
	}
	var code string
	if json.Unmarshal(body, &r) == nil && json.Unmarshal(r.Error, &code) == nil && errorCodes[code] {
		return &RefusedError{Op: op, Code: code, HTTP: status}
	}
	return &RefusedError{Op: op, HTTP: status}
}
