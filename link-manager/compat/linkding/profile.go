package linkding

import "net/http"

// spoken is the version of linkding whose API this is.
const spoken = "1.46.2"

type profile struct {
	Theme                 string            `json:"theme"`
	BookmarkDateDisplay   string            `json:"bookmark_date_display"`
	BookmarkLinkTarget    string            `json:"bookmark_link_target"`
	WebArchiveIntegration string            `json:"web_archive_integration"`
	TagSearch             string            `json:"tag_search"`
	EnableSharing         bool              `json:"enable_sharing"`
	EnablePublicSharing   bool              `json:"enable_public_sharing"`
	EnableFavicons        bool              `json:"enable_favicons"`
	DisplayURL            bool              `json:"display_url"`
	PermanentNotes        bool              `json:"permanent_notes"`
	SearchPreferences     map[string]string `json:"search_preferences"`
	Version               string            `json:"version"`
}

// getProfile answers the preferences that fit what Linkwell does; nobody can change them.
func (s *server) getProfile(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, profile{
		Theme: "auto", BookmarkDateDisplay: "relative", BookmarkLinkTarget: "_blank", WebArchiveIntegration: "disabled", TagSearch: "lax",
		SearchPreferences: map[string]string{"sort": "added_desc", "shared": "off", "unread": "off"},
		Version:           spoken,
	})
}
