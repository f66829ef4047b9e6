package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"

	"github.com/go-chi/chi/v5"
)

//go:embed assets
var assetFiles embed.FS

// assetsPath is where style, script and icon are: each under the hash of what it holds, so that a browser may keep it for
// ever and still gets the new one when there is one.
const assetsPath = "/assets/"

type asset struct {
	hash    string
	content []byte
}

var assets = readAssets()

func readAssets() map[string]asset {
	found := map[string]asset{}
	files, err := fs.ReadDir(assetFiles, "assets")
	if err != nil {
		panic(err) // it is part of the program
	}
	for _, file := range files {
		content, err := assetFiles.ReadFile("assets/" + file.Name())
		if err != nil {
			panic(err)
		}
		hash := sha256.Sum256(content)
		found[file.Name()] = asset{hex.EncodeToString(hash[:6]), content}
	}
	return found
}

// assetPath is where a browser finds an asset. It panics if there is none, which the tests of every page would see.
func assetPath(name string) string {
	a, found := assets[name]
	if !found {
		panic("there is no asset " + name)
	}
	return assetsPath + a.hash + "/" + name
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	a, found := assets[chi.URLParam(r, "name")]
	if !found || a.hash != chi.URLParam(r, "hash") {
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(chi.URLParam(r, "name"))))
	_, _ = w.Write(a.content) // the caller may be gone; there is nobody left to tell
}
