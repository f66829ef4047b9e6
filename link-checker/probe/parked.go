package probe

import (
	"slices"
	"strings"
)

// parkingHosts are where domains without a site of their own lead, and their subdomains.
var parkingHosts = []string{
	"sedo.com", "sedoparking.com", "parkingcrew.net", "bodis.com", "above.com", "hugedomains.com", "dan.com", "afternic.com", "undeveloped.com",
	"domainmarket.com", "buydomains.com", "parklogic.com", "skenzo.com", "uniregistry.com", "brandbucket.com", "domainnamesales.com", "sav.com",
	"parking.reg.ru", "parkweb.namebright.com", "expireddomains.com", "domain.parkingpage.namecheap.com", "parkingpage.namecheap.com",
}

// leadsToParking reports whether redirects led from a site of its own to one of the parking hosts.
func leadsToParking(start, final string) bool { return isParkingHost(final) && !isParkingHost(start) }

func isParkingHost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return slices.ContainsFunc(parkingHosts, func(parking string) bool {
		return host == parking || strings.HasSuffix(host, "."+parking)
	})
}

// parkingMarks are what parked pages load or say in their source.
var parkingMarks = [][]byte{
	[]byte("sedoparking.com/"), []byte("img.sedoparking.com"), []byte("parkingcrew.net/"), []byte("cdn.parkingcrew"), []byte("bodiscdn.com"), []byte("parklogic.com/"),
	[]byte("d38psrni17bvxu.cloudfront.net"), // ParkingCrew's
	[]byte("img1.wsimg.com/parking-lander"), // GoDaddy's
	[]byte("data-adblockkey="),              // of every page that parking networks fill with advertisements
	[]byte("hugedomains.com/domain_profile"), []byte("dan.com/buy-domain/"), []byte("afternic.com/forsale/"),
}

// parkingPhrases are what such pages call themselves, whole. A title that only contains one is an article about it.
var parkingPhrases = []string{
	"this domain is for sale", "domain is for sale", "this domain name is for sale", "this domain may be for sale", "domain for sale", "buy this domain",
	"this domain is parked", "this domain is parked free", "parked domain", "parked domain name", "domain parked", "domain parking page",
	"diese domain steht zum verkauf", "domain zu verkaufen", "ce nom de domaine est à vendre", "este dominio está en venta", "questo dominio è in vendita",
	"этот домен продается", "домен продается", "домен припаркован",
}

// offers reports whether a line of a page offers the domain it names: "example.com is for sale".
func offers(line string) bool {
	name, offered := strings.CutSuffix(line, " is for sale")
	if !offered {
		name, offered = strings.CutSuffix(line, " may be for sale")
	}
	name = strings.TrimPrefix(name, "the domain ")
	return offered && strings.Contains(name, ".") && !strings.Contains(name, " ")
}

// readsLikeParked reports whether the page only stands where a site could be.
func (p page) readsLikeParked() bool {
	for _, part := range append(parts(p.title), parts(p.heading)...) {
		if slices.Contains(parkingPhrases, part) || offers(part) {
			return true
		}
	}
	return p.marked(parkingMarks)
}
