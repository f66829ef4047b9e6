//go:build openfaas

package openfaastest

import (
	"context"
	"path/filepath"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/gocommand"
)

// buildTool builds the program that .ci/tools/name pins into folder, and returns its path and that of its module, which
// may hold more than code. What the module cache lacks is fetched.
func buildTool(ctx context.Context, root, folder, name, module string) (path, source string, err error) {
	pinned := filepath.Join(root, ".ci", "tools", name)
	path = filepath.Join(folder, name)
	if _, err := gocommand.Run(ctx, pinned, "build", "-o", path, module); err != nil {
		return "", "", err
	}
	source, err = gocommand.Run(ctx, pinned, "list", "-m", "-f", "{{.Dir}}", module)
	return path, source, err
}
