//go:build openfaas

package provider

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/openfaas/faas-provider/types"
)

// listSecrets answers with names; values are never shown.
func (p *Provider) listSecrets(w http.ResponseWriter, _ *http.Request) {
	files, err := fs.ReadDir(p.secrets.FS(), ".")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	found := []types.Secret{}
	for _, file := range files {
		found = append(found, types.Secret{Name: file.Name(), Namespace: Namespace})
	}
	answerJSON(w, found)
}

// changeSecret makes a new secret (POST), gives one another value (PUT), which its functions see at once, or removes it
// (DELETE).
func (p *Provider) changeSecret(w http.ResponseWriter, r *http.Request) {
	var secret types.Secret
	if !readJSON(w, r, &secret) {
		return
	}
	err := checkNamespace(secret.Namespace)
	if !dnsLabel.MatchString(secret.Name) {
		err = cmp.Or(err, fmt.Errorf("secret %q must be a valid DNS label", secret.Name))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	missing := p.checkSecrets([]string{secret.Name})
	switch {
	case r.Method == http.MethodPost && missing == nil:
		http.Error(w, fmt.Sprintf("there is a secret %q already", secret.Name), http.StatusConflict)
		return
	case r.Method != http.MethodPost && missing != nil:
		http.Error(w, missing.Error(), http.StatusNotFound)
		return
	case r.Method == http.MethodDelete:
		err = p.secrets.Remove(secret.Name)
	default:
		err = p.writeSecret(secret)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// writeSecret writes into the file there is, so that containers that have it see the new value. The user of a container
// is nobody here, so everybody may read it; who may come that far is up to the folder.
func (p *Provider) writeSecret(secret types.Secret) error {
	value := secret.RawValue
	if len(value) == 0 {
		value = []byte(secret.Value)
	}
	return errors.Join(p.secrets.WriteFile(secret.Name, value, 0o600), p.secrets.Chmod(secret.Name, 0o644))
}

// checkSecrets fails, naming it, if there is a secret missing.
func (p *Provider) checkSecrets(names []string) error {
	for _, name := range names {
		if _, err := p.secrets.Stat(name); err != nil || !dnsLabel.MatchString(name) {
			return fmt.Errorf("there is no secret %q in %s", name, Namespace)
		}
	}
	return nil
}
