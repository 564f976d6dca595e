package policy

import (
	"fmt"
	"slices"
)

// Action is something that a reader wants to do with a study.
type Action string

// What can be allowed. Preliminary to Withdrawal are reports, which are signed; Critical
// records who was told a critical result.
const (
	Look        Action = "look"
	Claim       Action = "claim"
	Preliminary Action = "preliminary"
	Final       Action = "final"
	Addendum    Action = "addendum"
	Correction  Action = "correction"
	Withdrawal  Action = "withdrawal"
	Critical    Action = "critical"
	TakeOut     Action = "export"
)

// Actions are all of them.
var Actions = []Action{Look, Claim, Preliminary, Final, Addendum, Correction, Withdrawal, Critical, TakeOut}

// words say what somebody does who does it: "may not sign a final report".
var words = map[Action]string{
	Look: "open its studies", Claim: "claim its cases", Preliminary: "sign a preliminary report", Final: "sign a final report",
	Addendum: "sign an addendum", Correction: "correct a report", Withdrawal: "withdraw a report", Critical: "record who was told",
	TakeOut: "take anything out of the sealed home",
}

// Words say what the action is: "sign a final report".
func (a Action) Words() string { return words[a] }

// Lasting reports whether it stands for good: then the facility has to be known.
func (a Action) Lasting() bool {
	return slices.Contains([]Action{Final, Addendum, Correction, Withdrawal, TakeOut}, a)
}

// Role is what a reader is at a site.
type Role string

// The roles.
const (
	Attending Role = "attending"
	Trainee   Role = "trainee"
	Observer  Role = "observer"
)

// rights are what each role may unless its row says otherwise.
var rights = map[Role][]Action{
	Attending: Actions,
	Trainee:   {Look, Claim, Preliminary, Critical, TakeOut},
	Observer:  {Look},
}

// emergency is what break-glass opens unless the file says otherwise: what a patient may
// need tonight, and nothing that can wait for who may.
var emergency = []Action{Look, Claim, Preliminary, Critical}

// How a reader proves at a signature who signs.
const (
	No         = "no"
	PIN        = "pin"
	Passphrase = "passphrase"
)

func known(actions []Action) error {
	for _, a := range actions {
		if words[a] == "" {
			return fmt.Errorf("%q is not one of %v", a, Actions)
		}
	}
	return nil
}
