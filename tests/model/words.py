"""Identifiers, days and currencies, after docs/ledger.md section 7."""
import re

USCI = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ROR = "0123456789abcdefghjkmnpqrstvwxyz"
SCHEMES = ("CN-USCI", "XI-LEI", "XI-ROR")

# Of the codes that histories use: has it a minor unit and is it in force?
CURRENCIES = {"CNY": True, "GBP": True, "EUR": True, "JPY": True, "KWD": True, "USD": True,
              "XAU": False, "XTS": False, "XDR": False, "DEM": False, "ABC": False}


def split_id(text):
    """(scheme, code), or (None, "")."""
    for scheme in SCHEMES:
        if text.startswith(scheme + "-"):
            return scheme, text[len(scheme) + 1:]
    return None, ""


def usci_check(code17):
    total = sum(USCI.index(c) * pow(3, i, 31) for i, c in enumerate(code17))
    return USCI[(31 - total % 31) % 31]


def lei_number(code):
    return int("".join(str(int(c, 36)) for c in code))


def ror_check(code7):
    number = 0
    for c in code7:
        number = number * 32 + ROR.index(c)
    return "%02d" % (98 - 100 * number % 97)


def is_valid_code(scheme, code):
    if scheme == "CN-USCI":
        return bool(re.fullmatch(f"[{USCI}]{{18}}", code)) and usci_check(code[:17]) == code[17]
    if scheme == "XI-LEI":
        return bool(re.fullmatch("[0-9A-Z]{18}[0-9]{2}", code)) and lei_number(code) % 97 == 1
    return bool(re.fullmatch(f"0[{ROR}]{{6}}[0-9]{{2}}", code)) and ror_check(code[:7]) == code[7:]


def is_day(text):
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:])
    if year == 0 or not 1 <= month <= 12:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= day <= days[month - 1]
