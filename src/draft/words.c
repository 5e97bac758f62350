/* SPDX-License-Identifier: Apache-2.0 */
#include "draft/words.h"

#include <stdint.h>
#include <string.h>

#include "import/rows/codes.h"

/* ---- plain text ----------------------------------------------------------------------------------------------------
 */

/* Letters of Latin-1 Supplement from U+00C0 on, and the few of Latin Extended-A that these languages have. */
static char plain_letter(uint32_t code) {
    static const char latin[] = "aaaaaaaceeeeiiiidnooooo-ouuuuytsaaaaaaaceeeeiiiidnooooo-ouuuuyty";
    if (code >= 0xc0 && code <= 0xff) {
        return latin[code - 0xc0] == '-' ? '\0' : latin[code - 0xc0];
    }
    switch (code) {
    case 0x160:
    case 0x161:
        return 's';
    case 0x17d:
    case 0x17e:
        return 'z';
    default:
        return '\0';
    }
}

void jk_words_plain(const char *text, size_t length, char *to, size_t room) {
    size_t at = 0;
    for (size_t i = 0; i < length && at + 1 < room; i++) {
        unsigned char c = (unsigned char)text[i];
        char letter = '\0';
        if (c < 0x80) {
            bool upper = c >= 'A' && c <= 'Z';
            bool plain = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            letter = plain ? (char)(upper ? c - 'A' + 'a' : c) : '\0';
            if (c == '%' && at + 4 < room) { /* "Korko-%" is a rate, "Korko" an amount */
                memcpy(to + at, "pct", 3);
                at += 3;
            }
        } else if ((c & 0xe0) == 0xc0 && i + 1 < length) {
            letter = plain_letter((uint32_t)(c & 0x1f) << 6 | ((unsigned char)text[i + 1] & 0x3f));
            i++;
        }
        if (letter != '\0') {
            to[at++] = letter;
        }
    }
    to[at] = '\0';
}

/* ---- names of columns ----------------------------------------------------------------------------------------------
 */

typedef struct column_words {
    int target;
    const char *words[JK_LANGUAGES]; /* separated by blanks, in plain form */
} column_words;

static const column_words columns[] = {
    {JK_COLUMN_CLAIM_ID,
     {"claimid claim claimnumber claimno claimref loanid loan loannumber loanno accountid accountnumber accountno "
      "account caseid "
      "casenumber caseno contractid contractnumber contractidentifier loanidentifier instrumentidentifier instrumentid "
      "reference id",
      "saatava saatavanumero saatavanro saatavaid saatavantunnus saatavantunniste laina lainanumero lainanro "
      "asianumero asianro "
      "toimeksianto toimeksiantonumero sopimus sopimusnumero sopimusnro tilinumero viite viitenumero perintanumero",
      "fordran fordransnummer fordransid arende arendenummer arendenr arendeid lan lanenummer kontonummer konto avtal "
      "avtalsnummer "
      "avtalsnr kontrakt kontraktsnummer referens referensnummer akt aktnummer",
      "krav kravnummer kravnr kravid sak saksnummer saksnr sakid laan laannummer lanenummer kontonummer avtale "
      "avtalenummer referanse",
      "fordring fordringsnummer fordringsnr sag sagsnummer sagsnr sagnr laan laanenummer kontonummer aftale "
      "aftalenummer reference",
      "noue nouenumber noudenr laen laenunumber leping lepingunumber lepingunr viitenumber toimik toimikunumber"}},
    {JK_COLUMN_DEBTOR_ID,
     {"debtorid debtor debtornumber customer customerid customernumber customerno client clientid clientnumber "
      "borrower borrowerid "
      "counterparty counterpartyid counterpartyidentifier obligor obligorid personid person ssn",
      "velallinen velallisnumero velallisentunnus velallistunnus velallisid asiakas asiakasnumero asiakasnro "
      "asiakastunnus "
      "henkilotunnus hetu ytunnus",
      "galdenar galdenarnummer galdenarid kund kundnummer kundnr kundid personnummer personnr orgnr "
      "organisationsnummer",
      "skyldner skyldnernummer skyldnerid kunde kundenummer kundenr kundeid fodselsnummer personnummer debitor "
      "debitornr",
      "debitor debitornummer debitornr skyldner kunde kundenummer kundenr cpr cprnummer cprnr cvr",
      "volgnik volgnikuid volglane klient kliendinumber kliendikood isikukood registrikood"}},
    {JK_COLUMN_COUNTRY,
     {"country countrycode countryofresidence jurisdiction", "maa maakoodi maatunnus", "land landkod", "land landkode",
      "land landekode", "riik riigikood"}},
    {JK_COLUMN_DEBTOR_TYPE,
     {"debtortype customertype clienttype borrowertype counterpartytype persontype legalform",
      "asiakastyyppi velallistyyppi velallisentyyppi", "kundtyp galdenarstyp persontyp", "kundetype skyldnertype",
      "kundetype debitortype", "kliendiliik volgnikutyyp isikuliik"}},
    {JK_COLUMN_PRODUCT,
     {"product producttype productname claimtype loantype debttype typeofdebt assettype purpose",
      "tuote tuotetyyppi tuoteryhma saatavalaji laji", "produkt produkttyp fordranstyp skuldtyp",
      "produkt produkttype kravtype", "produkt produkttype fordringstype", "toode tooteliik nouedeliik laenuliik"}},
    {JK_COLUMN_CURRENCY,
     {"currency currencycode ccy cur", "valuutta valuuttakoodi", "valuta valutakod", "valuta valutakode",
      "valuta valutakode", "valuuta valuutakood"}},
    {JK_COLUMN_DEFAULTED_ON,
     {"defaultedon defaultdate dateofdefault defaultedat firstunpaiddate firstmissedpayment duedate originalduedate",
      "erapaiva erapvm "
      "alkuperainenerapaiva maksuhairiopvm laiminlyontipvm",
      "forfallodag forfallodatum forfallodat fallissemangsdatum",
      "forfallsdato forfall "
      "misligholdsdato",
      "forfaldsdato forfaldsdag misligholdelsesdato", "maksetahtaeg maksetahtpaev tahtaeg viivisealgus"}},
    {JK_COLUMN_WRITTEN_OFF_ON,
     {"writtenoffon writtenoff writeoffdate dateofwriteoff writeoff chargeoffdate chargeoff chargedoffon "
      "terminationdate "
      "accelerationdate terminatedon",
      "luottotappio luottotappiopvm luottotappiopaiva luottotappiokirjaus alaskirjaus alaskirjauspvm irtisanomispvm "
      "irtisanottu eraannytetty",
      "avskriven avskrivningsdatum avskrivning kreditforlustdatum uppsagningsdatum uppsagd",
      "avskrevet avskrivningsdato tapsfort tapsforingsdato "
      "oppsagt oppsigelsesdato",
      "afskrevet afskrivningsdato tabsfort opsagt opsigelsesdato",
      "mahakandmine mahakandmisekuupaev mahakantud "
      "ulesutlemine ulesoeldud"}},
    {JK_COLUMN_LAST_PAID_ON,
     {"lastpaidon lastpaymentdate lastpayment dateoflastpayment lastpaid latestpaymentdate",
      "viimeisinmaksu viimeisinmaksupvm viimeinenmaksu "
      "viimeinenmaksupvm viimeisenmaksunpvm viimeisinsuoritus maksupvm",
      "senastebetalning senastebetalningsdatum senastbetald sistabetalning",
      "sistebetaling sistbetalt "
      "sisteinnbetaling sistebetalingsdato",
      "sidstebetaling sidstbetalt sidsteindbetaling sidstebetalingsdato",
      "viimanemakse viimasemaksekuupaev viimatimakstud"}},
    {JK_COLUMN_LIMITATION_ON,
     {"limitationon limitationdate statutebarred barreddate timebarred dateoflimitation prescriptiondate",
      "vanhentumispvm vanhentumispaiva vanhentuu vanhenee", "preskriptionsdatum preskriberas preskription",
      "foreldelsesdato foreldes foreldelse", "foraeldelsesdato foraeldes foreldelsesdato",
      "aegumine aegumiskuupaev aegub"}},
    {JK_COLUMN_TITLE_ON,
     {"titleon titledate judgmentdate judgementdate dateofjudgment courtdecisiondate enforcementtitledate",
      "tuomiopvm tuomiopaiva tuomio ulosottoperustepvm ulosottoperuste", "domdatum utslagsdatum utslag exekutionstitel",
      "domsdato tvangsgrunnlagsdato dom", "domsdato fundamentsdato dom",
      "kohtuotsus kohtuotsusekuupaev taitedokument"}},
    {JK_COLUMN_PRINCIPAL,
     {"principal principalbalance principaloutstanding outstandingprincipal capital principalamount currentprincipal",
      "paaoma avoinpaaoma jaljellaolevapaaoma lainapaaoma", "kapital kapitalskuld kapitalbelopp utestaendekapital",
      "hovedstol utestaendehovedstol kapital", "hovedstol restgaeldhovedstol kapital",
      "pohiosa pohivolg pohisumma pohinoue"}},
    {JK_COLUMN_INTEREST_ACCRUED,
     {"interestaccrued accruedinterest interest interestoutstanding interestbalance unpaidinterest",
      "korot korko kertynytkorko kertyneetkorot viivastyskorko viivastyskorot avoinkorko",
      "ranta upplupenranta drojsmalsranta rantebelopp", "renter palopterenter forsinkelsesrenter rentebelop",
      "renter palobnerenter morarenter rentebelob", "intress kogunenudintress viivis viivised"}},
    {JK_COLUMN_FEES,
     {"fees fee costs charges feesandcosts collectioncosts expenses otherfees feesbalance",
      "kulut kulu perintakulut palkkiot maksut muutkulut", "avgifter avgift kostnader kostnad inkassokostnad",
      "gebyr gebyrer omkostninger kostnader salaer", "gebyr gebyrer omkostninger", "tasud tasu kulud sissenoudekulud"}},
    {JK_COLUMN_ORIGINAL_PRINCIPAL,
     {"originalprincipal originalamount originalbalance loanamount loanamnt amountgranted initialamount "
      "originalloanamount",
      "alkuperainenpaaoma alkuperainensaldo lainamaara alkupaaoma myonnettysumma",
      "ursprungligtkapital ursprungligtbelopp lanebelopp", "opprinneligbelop opprinneligkapital laanebelop",
      "oprindeligbelob oprindelighovedstol laanebelob", "algnesumma laenusumma algnepohiosa"}},
    {JK_COLUMN_INTEREST_RATE,
     {"interestrate intrate interestpct ratepct rate annualrate currentinterestrate apr nominalrate",
      "korkoprosentti korkopct korkokanta vuosikorko korkopros", "rantesats rantapct arsranta",
      "rentesats rentepct renteprosent", "rentesats rentepct renteprocent", "intressimaar intresspct"}},
    {JK_COLUMN_LEGAL_STATUS,
     {"legalstatus status claimstatus accountstatus casestatus enforcementstatus legalstate state collectionstatus",
      "tila status saatavantila perintatila perinnantila asianvaihe asiantila vaihe perintavaihe",
      "status arendestatus rattsligstatus fas", "status saksstatus rettsligstatus fase",
      "status sagsstatus retsligstatus fase", "staatus olek menetlusestaadium"}},
    {JK_COLUMN_BIRTH_YEAR,
     {"birthyear yearofbirth dateofbirth birthdate dob born", "syntymavuosi syntymaaika syntymapvm syntynyt",
      "fodelsear fodelsedatum fodd", "fodselsar fodselsdato fodt", "fodselsar fodselsdato fodt",
      "sunniaasta sunnikuupaev sunniaeg"}},
    {JK_COLUMN_INCOME_MONTHLY,
     {"incomemonthly monthlyincome income netincome netmonthlyincome salary",
      "tulot kuukausitulot nettotulot kktulot palkka", "inkomst manadsinkomst nettoinkomst",
      "inntekt manedsinntekt nettoinntekt", "indkomst manedsindkomst nettoindkomst",
      "sissetulek kuusissetulek netosissetulek"}},
    {JK_COLUMN_DEPENDANTS,
     {"dependants dependents children numberofdependents numberofchildren", "huollettavat lapset lapsia huollettavia",
      "barn antalbarn forsorjningsbarn", "barn antallbarn", "born antalborn", "ulalpeetavad lapsed"}},
    {JK_COLUMN_HOUSING_COST,
     {"housingcost rent housingcosts monthlyrent", "asumiskulut asumismenot vuokra", "boendekostnad hyra",
      "bokostnad husleie boutgifter", "boligudgift husleje", "eluasemekulu uur"}},
    {JK_COLUMN_OTHER_DEBT_ENFORCED,
     {"otherdebtenforced otherdebt otherdebts debtinenforcement enforcementdebt",
      "muutvelat ulosottovelat velatulosotossa", "ovrigaskulder skuldhoskronofogden kfmskuld",
      "annengjeld gjeldhosnamsmannen", "andengaeld", "muudvolad taitevolad"}},
    {JK_COLUMN_DEFAULT_MARKS,
     {"defaultmarks paymentdefaults numberofdefaults paymentremarks creditremarks",
      "maksuhairiot maksuhairiomerkinnat maksuhairioita", "betalningsanmarkningar betanm anmarkningar",
      "betalingsanmerkninger anmerkninger", "rkiregistreringer rki", "maksehaired"}},
    {JK_COLUMN_EMPLOYMENT,
     {"employment employmentstatus occupation jobstatus", "tyollisyys tyotilanne ammatti tyosuhde",
      "sysselsattning anstallning anstallningsform", "arbeidsforhold sysselsetting", "beskaeftigelse ansaettelse",
      "toohoive toosuhe"}},
    {JK_COLUMN_REACHABLE,
     {"reachable contactability contact bestchannel channel contactstatus",
      "tavoitettavuus yhteystieto tavoitettavissa", "nabarhet kontaktbar kanal", "kontaktbar kontaktstatus",
      "kontaktbar kontaktstatus", "kontakteeritavus"}},
    {JK_COLUMN_PAYMENTS_12M,
     {"payments12m paid12m paymentslast12months paidlast12m collections12m", "maksut12kk maksettu12kk suoritukset12kk",
      "betalt12m betalningar12man", "betalt12mnd innbetalt12mnd", "betalt12mdr indbetalt12mdr", "maksed12k"}},
    {JK_COLUMN_PAYMENTS_24M,
     {"payments24m paid24m paymentslast24months paidlast24m collections24m", "maksut24kk maksettu24kk suoritukset24kk",
      "betalt24m betalningar24man", "betalt24mnd innbetalt24mnd", "betalt24mdr indbetalt24mdr", "maksed24k"}},
    {JK_COLUMN_INSTALMENT_MONTHLY,
     {"instalmentmonthly installmentmonthly monthlyinstalment monthlyinstallment instalment installment monthlypayment "
      "paymentplanamount",
      "kuukausiera maksusuunnitelmaera lyhennys kkera", "avbetalning manadsbelopp avbetalningsbelopp",
      "avdrag manedsbelop nedbetaling", "afdrag manedligydelse ydelse", "osamakse kuumakse"}},
    {JK_COLUMN_PROMISES_KEPT,
     {"promiseskept keptpromises ptpkept", "pidetytlupaukset", "hallnaloften", "holdteloefter holdtelofter",
      "holdteloefter overholdteaftaler", "peetudlubadused"}},
    {JK_COLUMN_PROMISES_BROKEN,
     {"promisesbroken brokenpromises ptpbroken", "rikotutlupaukset", "brutnaloften", "brutteloefter bruttelofter",
      "brudteloefter brudteaftaler", "murtudlubadused"}},
    {JK_COLUMN_PLACEMENTS,
     {"placements numberofplacements agencies previousagencies placementcount", "perintatoimistot toimeksiantokerrat",
      "antalinkassobolag", "antallinkassobyra", "antalinkassobureauer", "inkassofirmad"}},
    {JK_COLUMN_VULNERABLE,
     {"vulnerable vulnerability vulnerablecustomer", "haavoittuva haavoittuvassaasemassa", "sarskiltutsatt sarbar",
      "sarbar", "saarbar udsat", "haavatav"}},
    {JK_DRAFT_BALANCE,
     {"balance totalbalance outstandingbalance currentbalance totaldebt totaloutstanding amount totalamount "
      "claimamount outstandingamount "
      "currentamount exposure grossbookvalue facevalue",
      "saldo kokonaissaldo avoinsaldo avoinna saatavayhteensa yhteensa velka kokonaisvelka summa",
      "saldo totalskuld skuld belopp totaltbelopp utestaendebelopp restskuld",
      "saldo totalgjeld restgjeld belop totalbelop utestaende", "saldo totalgaeld restgaeld belob totalbelob",
      "saldo jaak volgkokku kokku summa volasumma"}},
};

static size_t common_length(const char *word, size_t length, const char *plain) {
    size_t plain_length = strlen(plain);
    for (size_t i = 0; length >= 5 && plain_length > length && i + length <= plain_length; i++) {
        if (memcmp(plain + i, word, length) == 0) {
            return length;
        }
    }
    return 0;
}

/* 100 the very word; up to 80 where the name holds the word (the more of the name it is, the surer); 0 otherwise. */
static int match_word(const char *word, size_t length, const char *plain) {
    size_t plain_length = strlen(plain);
    if (plain_length == length && memcmp(word, plain, length) == 0) {
        return 100;
    }
    size_t common = common_length(word, length, plain);
    return common > 0 ? 40 + (int)(40 * common / plain_length) : 0;
}

int jk_words_match(int target, const char *plain, jk_language *language) {
    int best = 0;
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        for (int l = 0; columns[c].target == target && l < JK_LANGUAGES; l++) {
            for (const char *word = columns[c].words[l]; *word != '\0';) {
                size_t length = strcspn(word, " ");
                int match = match_word(word, length, plain);
                if (match > best) {
                    best = match;
                    *language = (jk_language)l;
                }
                word += length + (word[length] == ' ');
            }
        }
    }
    return best;
}

/* ---- levels --------------------------------------------------------------------------------------------------------
 */

typedef struct level_words {
    jk_column column;
    const char *level, *words;
} level_words;

static const level_words levels[] = {
    {JK_COLUMN_LEGAL_STATUS, "deceased", "deceased dead death kuollut kuolinpesa avliden dod dodsbo doed surnud"},
    {JK_COLUMN_LEGAL_STATUS, "bankruptcy",
     "bankruptcy bankrupt insolvency konkurssi konkurssissa konkurs konkursen pankrot"},
    {JK_COLUMN_LEGAL_STATUS, "debt_adjustment",
     "debtadjustment debtrestructuring debtrelief velkajarjestely velkajarjestelyssa skuldsanering gjeldsordning "
     "gaeldssanering volgaderestruktureerimine"},
    {JK_COLUMN_LEGAL_STATUS, "enforcement_insolvent",
     "enforcementinsolvent insolventinenforcement varattomuusestetodistus varaton esteilmoitus "
     "utmatningssaknartillgangar intettilutlegg insolvens"},
    {JK_COLUMN_LEGAL_STATUS, "enforcement",
     "enforcement inenforcement bailiff ulosotto ulosotossa utmatning kronofogden kfm namsmannen tvangsinndriving "
     "fogedret udlaeg taitemenetlus kohtutaitur"},
    {JK_COLUMN_LEGAL_STATUS, "title",
     "title judgment judgement courtdecision tuomio ulosottoperuste utslag dom exekutionstitel tvangsgrunnlag "
     "fundament kohtuotsus"},
    {JK_COLUMN_LEGAL_STATUS, "filed",
     "filed incourt litigation legal haaste haastettu karajaoikeudessa oikeudessa stamning "
     "ansokanombetalningsforelaggande forliksradet betalingspakrav kohtus hagi"},
    {JK_COLUMN_LEGAL_STATUS, "disputed",
     "disputed dispute contested kiistetty riitautettu bestridd tvistig omtvistet bestridt vaidlustatud"},
    {JK_COLUMN_LEGAL_STATUS, "none",
     "none no amicable open active normal collection ei vapaaehtoinen vapaaehtoinenperinta avoin frivillig oppen aktiv "
     "inkasso ingen apen aben avatud puudub"},
    {JK_COLUMN_EMPLOYMENT, "self_employed",
     "selfemployed entrepreneur yrittaja egenforetagare foretagare selvstendig naeringsdrivende selvstaendig ettevotja "
     "fie"},
    {JK_COLUMN_EMPLOYMENT, "unemployed", "unemployed tyoton arbetslos arbeidsledig arbejdslos ledig toot tootu"},
    {JK_COLUMN_EMPLOYMENT, "retired",
     "retired pension pensioner elakelainen elakkeella pensionar pensionert pensionist pensionar pensionil"},
    {JK_COLUMN_EMPLOYMENT, "employed",
     "employed fulltime parttime work tyossa tyosuhteessa palkansaaja anstalld ansatt ansat arbeid tootav tootaja"},
    {JK_COLUMN_EMPLOYMENT, "unknown", "unknown tuntematon eitiedossa okand ukjent ukendt teadmata"},
    {JK_COLUMN_REACHABLE, "phone", "phone telephone mobile tel puhelin puhelimitse telefon mobil telefonitsi"},
    {JK_COLUMN_REACHABLE, "email", "email mail epost sahkoposti eposti meil"},
    {JK_COLUMN_REACHABLE, "letter",
     "letter post address postaladdress kirje osoite posti brev adress adresse kiri aadress"},
    {JK_COLUMN_REACHABLE, "none", "none no unreachable ei eitavoitettavissa ingen saknas ikke eitavoiteta"},
    {JK_COLUMN_DEBTOR_TYPE, "business",
     "business company corporate legalentity legalperson b juridical firm b2b yritys oy yhteiso juridinen foretag "
     "bolag ab juridiskperson bedrift as selskap virksomhed erhverv ettevote juriidiline j c"},
    {JK_COLUMN_DEBTOR_TYPE, "consumer",
     "consumer private privateperson individual natural naturalperson p person retail b2c henkilo yksityinen "
     "yksityishenkilo kuluttaja luonnollinen privat privatperson fysisk fysiskperson konsument forbruker forbruger "
     "eraisik fuusiline f"},
    {JK_COLUMN_VULNERABLE, "1", "1 yes y true kylla k ja j jah"},
    {JK_COLUMN_VULNERABLE, "0", "0 no n false ei e nej nei"},
    {JK_COLUMN_PRODUCT, "credit_card", "creditcard card luottokortti kreditkort kredittkort krediitkaart"},
    {JK_COLUMN_PRODUCT, "consumer_loan",
     "consumerloan loan personalloan unsecuredloan instantloan kulutusluotto laina pikavippi blancolan konsumtionslan "
     "privatlan forbrukslan forbrugslan kvikklan vaikelaen tarbimislaen laen"},
    {JK_COLUMN_PRODUCT, "telecom",
     "telecom mobile phone telephone puhelin teleoperaattori matkapuhelin telefoni mobil telefon tele"},
    {JK_COLUMN_PRODUCT, "utility",
     "utility electricity energy water sahko energia vesi el energi strom vatten elekter"},
    {JK_COLUMN_PRODUCT, "rent", "rent housing vuokra hyra husleie husleje uur"},
    {JK_COLUMN_PRODUCT, "invoice", "invoice retail bnpl lasku verkkokauppa faktura arve"},
    {JK_COLUMN_PRODUCT, "medical",
     "medical health hospital dental terveys sairaala hammas vard sjukhus tandvard sykehus laege ravi"},
};

static bool has_word(const char *words, const char *plain) {
    size_t length = strlen(plain);
    for (const char *word = words; length > 0 && *word != '\0';) {
        size_t here = strcspn(word, " ");
        if (here == length && memcmp(word, plain, length) == 0) {
            return true;
        }
        word += here + (word[here] == ' ');
    }
    return false;
}

/* A longer cell that holds a word of five letters and more of one level means that level. */
static bool holds_word(const char *words, const char *plain) {
    for (const char *word = words; *word != '\0';) {
        size_t here = strcspn(word, " ");
        if (here >= 5 && common_length(word, here, plain) > 0) {
            return true;
        }
        word += here + (word[here] == ' ');
    }
    return false;
}

const char *jk_words_level(jk_column column, const char *plain) {
    if (column == JK_COLUMN_COUNTRY) {
        return jk_country_within(plain);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
            bool found = pass == 0 ? has_word(levels[i].words, plain) : holds_word(levels[i].words, plain);
            if (levels[i].column == column && found) {
                return levels[i].level;
            }
        }
    }
    return NULL;
}
