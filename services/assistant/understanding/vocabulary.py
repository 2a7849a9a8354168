"""Words by which a message is told to be of medicine, or of coding and billing."""

import re

# How terms of anatomy, disease, procedures and drugs end.
_ENDINGS = re.compile(
    r"\w*(?:itis|osis|oses|[ae]mia|[ae]mic|ectomy|ectomies|otomy|ostomy|plasty|oscopy|oscopic|opathy|algia|oma|omas|"
    r"uria|"
    r"penia|plegia|paresis|trophy|rrhea|rrhage|rrhagic|lysis|megaly|phasia|pnea|edema|cele|iasis|therapy|opsy|opsies|"
    r"cillin|mycin|statin|olol|azole|pril|sartan|umab|ography|iogram|opia|ectasia|emesis|oscope|oses|otic|thorax|"
    r"cardia|derma|dermia|phobia|mania|phagia|arthro\w+|cardio\w*|neuro\w+|gastro\w+|hepat\w+|osteo\w+|hyper\w{4,}|"
    r"hypo\w{3,}"
    r"|intra\w{4,}|endo\w{4,}|pneumo\w+|myo\w{3,}|nephro\w+|renal\w*|vascul\w+)"
)
# Beginnings of the words that coders write of patients, their conditions, and what is done.
_CLINICAL = (
    "abdom abnormal abort abras abscess abus accident ache acid acne acute adhesion adrenal adverse aid airway "
    "alcohol aller alzheimer amput ana anemi anesth aneurysm angi ankle anterior antibiot anxi aort apnea append arm "
    "arms arrest arrhyth arter aspirin asthma asymptom atrial attack autis autops bact back bacter balance "
    "barotrauma behav "
    "benign bile birth bite bites bitten black bladder bleed blind blister block blood bmi bone born bowel brace "
    "brain breast breath broke bronch bruis bunion burn bypass calc cancer cannabis carci card care carpal cast "
    "cataract cath cerv cesarean cheek chemo chest chf chok cholest chronic ckd clavicle cleft closed clot cocaine "
    "colic colon coma comatose compartment complication concuss confus congen conjunct consti contact contracep "
    "contus convuls copd corn cornea coron cough covid cpap cramp crohn crush ct cultur cut cva cyst deaf "
    "death debrid decub "
    "deficien deform degener dehisc dehydr deliver delirium dement dental depend depress dermat develop device "
    "devices diabet dialys diarr diet digest dilat disab disc disease disk dislocat disloc disord distal diver dizz "
    "doctor dog donor down drain drink drown drug dry dvt dwarf dys ear ears ectop eczema elbow elect electrocut "
    "embol emphys encounter endosc enlarg entero ent epilep episode esoph esrd exam excis expos eye eyes eyelid face "
    "facet failure faint fall fallen fatigue feet fell femor femur fertil fetal fetus fever fib fibr finger fist "
    "fistula flu fluid fluoro foot forearm foreign fract frostbite fungal fusion fx gait gall ganglion gastr gene "
    "genit gest gland glauc glucose goit gout graft groin growth hair hallux hand hands head heal hear heart heel "
    "hemat hemi hemo herni herp hip hips histor hiv homeless hormone hospit housing hpv htn hyd icu ileus ill illness "
    "immun implant impact incis incont infant infarc infect infert inflam inhal inject injur insom instab insul "
    "intestin intoler intox intub iron isch itch jaundice jaw joint kidney knee knees labor labrum lac lacer lactat "
    "lap larynx laser left leg legs lesion leuk ligament limb limp lip lips liver lobe loss low lumb lump lung lupus "
    "lyme lymph macula malab malaise malar male malform malig malnut mamm marrow mass measles med mellitus melan "
    "memory men mening menisc menop menstr mental metas methamph mi mig mild migraine miscar mitral mole mono mother "
    "morbid mouth mri mucus multiple mumps murmur muscle musc myeloma myocard nail narrow nasal naus neck necro "
    "neonat neoplasm nerve neur newborn nipple nodule nose nostril nstemi numb nurs nut ob obes obstr occlus ocular "
    "open "
    "ophth opioid oral orth osteo otitis outbreak ovar overdose overweight oxygen pacemaker pain palp palsy "
    "pancrea panic "
    "paraly paras parkinson paroxysm patella path patient pediat pelv penetr penis perfor peri peripher perit pharyn "
    "physical physician pill pinched placent plant pleur pneum poison polyp polyneur portal post postop pregnan "
    "premat prenat preop pressure prolapse prost provider psor psych pulled pulm pulse puncture quad radi radius rash "
    "reaction rectal rectum reflux regurg rehab rem renal repair replac resect respir retin rheum rhin rib ribs right "
    "ringworm rotator rupture sacr salping sars scab scalp scan scar sciat scoli screen scrape scrot seiz sepsis "
    "septic septum sever shingles shock shortness shot shots shoulder shunt sick sickle sinus skin skull sleep slip "
    "smok snake sore spasm speech spin spine spleen splint spond sprain stab staph status std stemi stenos stent "
    "sterno steroid "
    "stiff sting stuck stoma stomach stone stones strain strep stress stroke stump suic sunburn supp surg sutur "
    "swab swallow swell swollen sympt syncop syndrome syphil t2dm tachy tear tend tennis test testic tetan "
    "throat thromb thrush thumb thyr tibia tic tinnitus tobacco toe toes tongue tonsil tooth torn torus toxic trach "
    "transfus transpl "
    "trauma treat tremor trimester tripped tuberc tumor twin ulcer ultras underdos underweight unstable ureter urethr "
    "urin urosep uter uti vaccin vagin valv vape varic vein veins venous vent ventilat vertebr vertigo viral virus "
    "vision vitamin vomit vulv walker wart weak warfarin wheel whiplash withdraw women wound wrist xray yeast"
)
_CODING = (
    "abbreviat addon admission admit anesthesia append assign asc audit authoriz benefit bilateral bill bundl "
    "category causal cci ccsr chapter charact chart claim clinic cms code coded coder codes coding compliance copay "
    "conven convert cosurg coverage covered cpt crosswalk denial denied deny descriptor diagnos dme document dos drg "
    "em encounter excludes1 excludes2 excludes facility fee gem global guideline hcc hcpcs header hospital icd "
    "incident index indicator inpatient insurance laterality lcd locality manifest manual medicaid medicare modifier "
    "mohs mppr mue mues ncci ncd note notes pcs observation outpatient package payer payment perform physician "
    "placeholder poa policy pos primary principal procedure professional provider ptp query raf reimburs report risk "
    "rule rvu scrub section secondary separate sequel sequenc service session setting specif supervis supply tabular "
    "technical telehealth unbundl uncertain unspecif upcod units visit wrvu office"
)
# Who is at work, what was done when, and words of coding: none of them names what a code could be for.
_NAMES_NOTHING = re.compile(
    r"\b(?:right|append\w*|header\w*|support\w*|diagnos\w+|(?:doctor|physician|provider|surgeon|nurse|patient|hospital)s?"
    r"|nursing homes?|(?:kicked|bounced|turned|called|c[ao]me|comes|got|gets|sent|went|goes)(?: it| them| money)? back"
    r"|(?:last|this|next) fall|falls? (?:under|into)|(?:wrote|put|marked) down|the other \w+"
    r"|(?:the|this|that|these|those|his|her|my|our|their) (?:two |second |same |other )?"
    r"(?:surger(?:y|ies)|drugs?|injections?|tests?|injur(?:y|ies)(?! (?:of|to))))\b"
)
_PREFIXES_OF_MEDICINE = tuple(word for word in _CLINICAL.split() if len(word) > 3)
_WORDS_OF_MEDICINE = frozenset(word for word in _CLINICAL.split() if len(word) <= 3)
_PREFIXES_OF_CODING = tuple(word for word in _CODING.split() if len(word) > 3)
_WORDS_OF_CODING = frozenset(word for word in _CODING.split() if len(word) <= 3)


def words_of_medicine(words: str) -> int:
    """Return how many words are of medicine."""
    return sum(_is_of_medicine(word) for word in words.split())


def names_medicine(words: str) -> bool:
    """Tell whether a word of medicine is among words that names what a code or a rule could be for."""
    return words_of_medicine(_NAMES_NOTHING.sub(" ", words)) > 0


def says_something_of_coding(words: str) -> bool:
    """Tell whether there is a word of coding or billing, or the mark of a code."""
    return any(
        word.startswith("<") or word in _WORDS_OF_CODING or word.startswith(_PREFIXES_OF_CODING)
        for word in words.split()
    )


def _is_of_medicine(word: str) -> bool:
    return (
        word in _WORDS_OF_MEDICINE
        or word.startswith(_PREFIXES_OF_MEDICINE)
        or (len(word) > 4 and _ENDINGS.fullmatch(word) is not None)
    )
