#include "ledger/apply/currency.h"

#include <string.h>

/* Active codes of ISO 4217 by the number of their decimal places; each is three
 * letters and a space.  Codes without a minor unit (metals, funds' units, tests)
 * are no money here. */
static const char places_0[] =
	"BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
static const char places_2[] =
	"AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN "
	"BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD "
	"FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW "
	"KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR "
	"MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG "
	"SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD "
	"USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG ";
static const char places_3[] =
	"BHD IQD JOD KWD LYD OMR TND ";
static const char places_4[] =
	"CLF UYW ";

static const struct {
	const char *codes;
	unsigned places;
} currencies[] = {{places_0, 0}, {places_2, 2}, {places_3, 3}, {places_4, 4}};

bool currency_places(const char *code, unsigned *places)
{
	if (strlen(code) != 3 || strchr(code, ' ') != NULL)
		return false;
	for (size_t i = 0; i < sizeof(currencies) / sizeof(currencies[0]); i++) {
		for (const char *at = currencies[i].codes; *at != '\0'; at += 4) {
			if (memcmp(at, code, 3) == 0) {
				*places = currencies[i].places;
				return true;
			}
		}
	}
	return false;
}
