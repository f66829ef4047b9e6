package account

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/link"
)

func TestAPasswordIsCheckedAgainstItsHash(t *testing.T) {
	a := New(Config{})
	hash, err := a.newPassword(t.Context(), "pässword of ann")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(hash, err)
	}
	again, err := a.newPassword(t.Context(), "pässword of ann")
	if err != nil || again == hash {
		t.Errorf("two hashes of one password are alike: %s (%v)", again, err)
	}
	for password, want := range map[string]bool{
		"pässword of ann": true, "pa\u0308ssword of ann": true, "Pässword of ann": false, "pässword of ann ": false, "": false, "short": false,
		strings.Repeat("a", MaxPassword+1): false,
	} {
		if got, err := a.checkPassword(t.Context(), hash, password); err != nil || got != want {
			t.Errorf("%q is right: %v (%v)", password, got, err)
		}
	}
}

func TestPasswordsThatCannotBeTaken(t *testing.T) {
	for _, password := range []string{"", "elevenchars", strings.Repeat("a", MaxPassword+1), "a password\x00 with zero"} {
		_, err := preparePassword(password)
		if !errors.As(err, new(*link.FieldError)) {
			t.Errorf("%q: got %v", password, err)
		}
	}
}

func TestPasswordsAreNotHashedMoreThanTwoAtATime(t *testing.T) {
	a := New(Config{})
	var done []func()
	for range hashesAtOnce {
		d, err := a.turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		done = append(done, d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.hashPassword(ctx, "a long password"); !errors.Is(err, ErrBusy) {
		t.Errorf("the third is answered %v", err)
	}
	if _, err := a.checkPassword(ctx, nobodys(), "a long password"); !errors.Is(err, ErrBusy) {
		t.Errorf("the third check is answered %v", err)
	}
	done[0]()
	if _, err := a.hashPassword(t.Context(), "a long password"); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNobodysIsComparedWithAHashLikeAnyOther(t *testing.T) {
	w, salt, hash, err := decodeHash(nobodys())
	if err != nil || w != today || len(salt) != saltBytes || len(hash) != hashBytes {
		t.Errorf("it is %s (%v)", nobodys(), err)
	}
}

func FuzzDecodeHash(f *testing.F) {
	f.Add(nobodys())
	f.Add("$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$$")
	f.Fuzz(func(t *testing.T, text string) {
		w, salt, hash, err := decodeHash(text)
		if err != nil {
			return
		}
		if w.kibibytes > 256*1024 || w.passes > 16 || w.passes == 0 || w.lanes == 0 {
			t.Errorf("%q asks for %+v", text, w)
		}
		again, salt2, hash2, err := decodeHash(encodeHash(w, salt, hash))
		if err != nil || again != w || string(salt2) != string(salt) || string(hash2) != string(hash) {
			t.Errorf("%q is not read as it is written: %v", text, err)
		}
	})
}
