/* SPDX-License-Identifier: MIT */
/* For doctor: which presets a ward can really be opened with. */
#include "cli.h"
#include "doctor.h"
#include "memward.h"

#include <stdlib.h>
#include <string.h>

/* Opens a ward and asks what a secret in it has; 0, or why it cannot be. */
static int try_ward(const memward_policy *policy, memward_report *report)
{
	memward_ward *ward;
	void *secret;
	int closed;
	int code = memward_open(policy, &ward);

	if (code != 0)
		return code;
	code = memward_new(ward, 32, &secret);
	if (code == 0) {
		code = memward_report_secret(secret, report);
		memward_free(secret);
	}
	closed = memward_close(ward);
	return code != 0 ? code : closed;
}

/* The names of features, with this text between them. */
static void list_features(
    uint32_t features, const char *between, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		uint32_t feature = UINT32_C(1) << i;

		if ((features & feature) == 0)
			continue;
		(void)text_format(text + len, size - len, "%s%s",
		    len > 0 ? between : "", memward_feature_name(feature));
		len += strlen(text + len);
	}
}

/* As the policy, but that these are only preferred. */
static memward_policy without(const memward_policy *policy, uint32_t features)
{
	memward_policy changed = *policy;

	changed.require &= ~features;
	changed.prefer |= features;
	return changed;
}

/* The requirements that fail even alone; *code: what one is refused with. */
static uint32_t find_culprits(const memward_policy *policy, int *code)
{
	uint32_t culprits = 0;

	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		uint32_t feature = UINT32_C(1) << i;
		memward_policy only =
		    without(policy, policy->require & ~feature);
		memward_report report = MEMWARD_REPORT_INIT;
		int refused = try_ward(&only, &report);

		if ((policy->require & feature) == 0 || refused == 0)
			continue;
		culprits |= feature;
		/* Where something can be done, that is to be told. */
		if (refused != MEMWARD_EUNSUPPORTED)
			*code = refused;
	}
	return culprits;
}

static void add_impossible(struct doctor *doctor, const char *name,
    const memward_policy *policy, int code)
{
	uint32_t culprits = find_culprits(policy, &code);
	memward_policy changed = without(policy, culprits);
	memward_report report = MEMWARD_REPORT_INIT;
	/* Nobody can grant what the system does not have. */
	bool helpless = code == MEMWARD_EUNSUPPORTED;
	char features[160];
	char words[160];
	struct fact *fact;

	if (culprits == 0 || try_ward(&changed, &report) != 0) {
		fact = doctor_add(doctor, name, FACT_SHORT,
		    "not possible here (%s)", memward_error_name(code));
		doctor_remedy(fact, "%s", memward_error_text(code));
		return;
	}
	list_features(culprits, ", ", features, sizeof(features));
	list_features(culprits, ",prefer-", words, sizeof(words));
	fact = doctor_add(doctor, name, FACT_SHORT,
	    "not possible here, because it requires %s (%s)", features,
	    memward_error_name(code));
	doctor_remedy(fact,
	    "%s%s let the policy only prefer %s, or the operator say so; it "
	    "then opens here",
	    helpless ? "" : memward_error_text(code),
	    helpless ? "if you can do without:"
		     : "; or, if you can do without:",
	    features);
	doctor_paste(fact, IN_SHELL, "export MEMWARD_POLICY=prefer-%s", words);
	doctor_paste(
	    fact, IN_SYSTEMD, "Environment=MEMWARD_POLICY=prefer-%s", words);
	doctor_paste(
	    fact, IN_DOCKER, "docker run -e MEMWARD_POLICY=prefer-%s", words);
	doctor_paste(fact, IN_KUBERNETES,
	    "env: [{name: MEMWARD_POLICY, value: \"prefer-%s\"}]", words);
}

static void add_possible(
    struct doctor *doctor, const char *name, const memward_report *report)
{
	uint32_t missing = report->requested & ~report->obtained;
	char has[160];
	char lacks[160];
	struct fact *fact;

	list_features(report->obtained, ", ", has, sizeof(has));
	list_features(missing, ", ", lacks, sizeof(lacks));
	fact = doctor_add(doctor, name, missing == 0 ? FACT_FINE : FACT_NOTE,
	    "possible here%s%s: %s", missing == 0 ? "" : ", but without ",
	    lacks, has);
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		if ((missing >> i & 1) == 0 ||
		    report->reason[i] == MEMWARD_EUNSUPPORTED)
			continue;
		doctor_remedy(
		    fact, "%s", memward_error_text(report->reason[i]));
		return;
	}
}

static void add_preset(
    struct doctor *doctor, const char *name, memward_preset preset)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_report report = MEMWARD_REPORT_INIT;
	int code = memward_policy_preset(&policy, preset);

	if (code == 0)
		code = try_ward(&policy, &report);
	if (code == 0)
		add_possible(doctor, name, &report);
	else
		add_impossible(doctor, name, &policy, code);
}

/* It changes what all wards here get, so whoever reads the rest must know. */
static void add_override(struct doctor *doctor)
{
	const char *words = getenv("MEMWARD_POLICY");

	if (words == NULL || words[0] == '\0')
		return;
	(void)doctor_add(doctor, "MEMWARD_POLICY", FACT_NOTE,
	    "set to \"%.200s\": the presets below are as it changes them",
	    words);
}

static void add_sealing(struct doctor *doctor)
{
	const char *cipher = memward_seal_cipher();

	if (cipher != NULL)
		(void)doctor_add(doctor, "sealing", FACT_FINE,
		    "secrets are sealed with %s", cipher);
	else
		(void)doctor_add(doctor, "sealing", FACT_NOTE,
		    "not here: this memward was built without libsodium");
}

void doctor_wards(struct doctor *doctor)
{
	add_override(doctor);
	add_preset(doctor, "server ward", MEMWARD_SERVER);
	add_preset(doctor, "container ward", MEMWARD_CONTAINER);
	add_preset(doctor, "desktop ward", MEMWARD_DESKTOP);
	add_preset(doctor, "strict ward", MEMWARD_STRICT);
	add_sealing(doctor);
}
