package account_test

import (
	"errors"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/link"
)

func (r *rig) signIn(u account.User, had string) string {
	r.t.Helper()
	cookie, err := r.SignIn(r.t.Context(), u, had, "")
	if err != nil {
		r.t.Fatal(err)
	}
	return cookie
}

// in checks whether the cookie is that of somebody who is signed in.
func (r *rig) in(what, cookie string, want bool) {
	r.t.Helper()
	_, err := r.BySession(r.t.Context(), cookie)
	if want && err != nil || !want && !errors.Is(err, account.ErrUnknown) {
		r.t.Errorf("%s: got %v, want signed in: %v", what, err, want)
	}
}

func TestASessionEndsADayAfterItsLastUse(t *testing.T) {
	r := newRig(t)
	cookie := r.signIn(r.user("ann", "a long password"), "")
	for range 10 {
		r.pass(account.SessionIdle - time.Second)
		r.in("used within a day", cookie, true)
	}
	r.pass(account.SessionIdle)
	r.in("not used for a day", cookie, false)
}

func TestASessionEndsAfterThirtyDaysHoweverMuchItIsUsed(t *testing.T) {
	r := newRig(t)
	cookie := r.signIn(r.user("ann", "a long password"), "")
	for range 59 {
		r.pass(12 * time.Hour)
		r.in("used twice a day", cookie, true)
	}
	r.pass(12*time.Hour - time.Second)
	r.in("a second before its end", cookie, true)
	r.pass(time.Second)
	r.in("after thirty days", cookie, false)
}

func TestASessionThatSomebodyElsePlantedIsNotTakenOver(t *testing.T) {
	r := newRig(t)
	ann, mallory := r.user("ann", "a long password"), r.user("mallory", "another long password")
	planted := r.signIn(mallory, "")
	cookie := r.signIn(ann, planted)
	if cookie == planted {
		t.Error("the cookie is the planted one")
	}
	r.in("the planted one", planted, false)
	r.in("the new one", cookie, true)
	made := "a-cookie-that-an-attacker-made-up"
	if r.signIn(ann, made) == made {
		t.Error("the cookie is the one that was made up")
	}
	r.in("the one that was made up", made, false)
}

func TestSigningOutEndsTheSessionAtOnce(t *testing.T) {
	r := newRig(t)
	ann := r.user("ann", "a long password")
	here, there := r.signIn(ann, ""), r.signIn(ann, "")
	for range 2 {
		if err := r.SignOut(t.Context(), here); err != nil {
			t.Fatal(err)
		}
	}
	r.in("where she signed out", here, false)
	r.in("in the other browser", there, true)
}

func TestAPasswordIsChangedByWhoKnowsIt(t *testing.T) {
	r := newRig(t)
	ann := r.user("ann", "a long password")
	cookie := r.signIn(ann, "")
	var wrong *link.FieldError
	if err := r.ChangePassword(t.Context(), ann, "a wrong password", "a new password"); !errors.As(err, &wrong) || wrong.Field != "current" {
		t.Errorf("with a wrong password: %v", err)
	}
	r.in("before", cookie, true)
	if err := r.ChangePassword(t.Context(), ann, "a long password", "a new password"); err != nil {
		t.Fatal(err)
	}
	r.in("after", cookie, false)
	if _, err := r.ByPassword(t.Context(), "ann", "a long password"); !errors.Is(err, account.ErrUnknown) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := r.ByPassword(t.Context(), " ANN ", "a new password"); err != nil {
		t.Error(err)
	}
}

func TestWhoCannotSignInIsToldNothing(t *testing.T) {
	r := newRig(t)
	ann := r.user("ann", "a long password")
	r.user("bob", "another password")
	yes := true
	if _, err := r.ChangeUser(t.Context(), ann.ID, account.UserChange{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ByProvider(t.Context(), account.Person{Issuer: "https://one.example", Subject: "cid", Name: "cid"}); err != nil {
		t.Fatal(err)
	}
	for name, login := range map[string]string{"disabled": "ann", "a wrong password": "bob", "unknown": "dot", "a provider's": "cid", "none": "", "not a login": "a b"} {
		_, err := r.ByPassword(t.Context(), login, "a long password")
		if err != account.ErrUnknown { //nolint:errorlint // it must be this one, with nothing around it that tells more
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSigningOutEverywhereEndsAllSessionsOfAUserAndNobodyElses(t *testing.T) {
	r := newRig(t)
	ann, bob := r.user("ann", "a long password"), r.user("bob", "another long password")
	old := r.signIn(ann, "")
	r.pass(account.SessionIdle - time.Hour)
	here, there, bobs := r.signIn(ann, ""), r.signIn(ann, ""), r.signIn(bob, "")
	r.pass(time.Hour)
	sessions, err := r.Sessions(t.Context(), ann)
	if err != nil || len(sessions) != 2 {
		t.Errorf("the sessions are %+v (%v), want the two that go on", sessions, err)
	}
	if err := r.SignOutEverywhere(t.Context(), ann); err != nil {
		t.Error(err)
	}
	for _, cookie := range []string{old, here, there} {
		r.in("ann's", cookie, false)
	}
	r.in("bob's", bobs, true)
}
