package serve_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/serve"
)

// Without COMPAT there is nothing; with it, what is named, for who shows a token, whatever AUTH is.
func TestTheAPIsOfOtherLinkManagersAreThereWhenAskedFor(t *testing.T) {
	token := "lw_admin_" + strings.Repeat("0123456789abcdef", 4)
	for name, want := range map[string]struct {
		names              []string
		linkding, pinboard int
	}{
		"none": {nil, http.StatusNotFound, http.StatusNotFound},
		"one":  {[]string{"pinboard"}, http.StatusNotFound, http.StatusOK},
		"both": {[]string{"linkding", " pinboard"}, http.StatusOK, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			c.Compat = want.names
			c.Accounts.AdminTokenFile = filepath.Join(t.TempDir(), "token")
			write(t, c.Accounts.AdminTokenFile, token+"\n")
			err := run(t, c, func(at serve.Addresses) {
				linkding := at.API + "/compat/linkding/api/bookmarks/"
				if got := status(t, linkding, "", token); got != want.linkding {
					t.Errorf("linkding is answered %d", got)
				}
				if got := status(t, linkding, "", ""); want.linkding == http.StatusOK && got != http.StatusUnauthorized {
					t.Errorf("without a token linkding is answered %d", got)
				}
				if got := status(t, at.API+"/compat/pinboard/v1/posts/update?auth_token=a:"+token, "", ""); got != want.pinboard {
					t.Errorf("pinboard is answered %d", got)
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
