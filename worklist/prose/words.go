package prose

import "strings"

// lexicon are words that reports are made of and that are often mistyped; a word one
// letter away that is not among them is a slip. British and American forms count alike.
var lexicon = Set(`
pseudoaneurysm pseudoaneurysms bifurcation bifurcated compressible noncompressible compressibility extravasated hypoperfusion hyperperfusion
subcapsular interpolar parapelvic peripelvic subchorionic retroversion retroverted anteverted nulliparous multiparous biometry cephalic breech amniotic
oligohydramnios polyhydramnios fontanelle caudothalamic germinal subependymal schizencephaly holoprosencephaly syndesmophytes spondyloarthropathy
enthesitis tenosynovitis osteonecrosis osteochondritis dissecans serpiginous subluxed dislocated comminution impacted intertrochanteric subtrochanteric
supracondylar intercondylar epicondylitis coronoid capitellum trochlea radiocapitellar scapholunate lunotriquetral triquetrum trapezoid hamate capitate
pisiform lunate metacarpophalangeal interphalangeal femoroacetabular chondrolabral iliopsoas iliofemoral gastrocnemius soleus plantaris quadriceps
semimembranosus sartorius gracilis trochlear retinaculum peroneus tibiofibular calcaneofibular talofibular spring sustentaculum hallux valgus sesamoids
hammertoe cuneiform cuboid hepatosteatosis hepatobiliary portosystemic recanalized recanalised varix splenorenal gastrohepatic hepatopetal hepatofugal
transformation hyperenhancing hypoenhancing nonenhancing isoenhancing hypervascular hypovascular nonocclusive subocclusive recanalization
arteriosclerotic thromboembolic thromboembolism saddle bronchopneumonia bronchiolitis bronchogenic bronchoscopy tracheobronchial tracheomalacia
bronchomalacia honeycombing reticulation reticulonodular micronodules centriacinar panlobular paraseptal pneumatocele bullous bullae pleurodesis
empyema hydropneumothorax chylothorax subpulmonic interlobular interlobar septal sarcoidosis silicosis pneumoconiosis asbestosis asbestos
granulomatosis vasculitis pericarditis myocarditis cardiomyopathy ventriculography mitral tricuspid aortopulmonary ductus ovale atrioventricular
coarctation endoleak endograft endovascular suprarenal juxtarenal femoropopliteal infrapopliteal dorsalis pedis claudication hypertrophied
prostatomegaly vesicoprostatic extraprostatic periprostatic capsular vesicular urolithiasis ureterolithiasis caliectasis pelviectasis pyelectasis
hydroureteronephrosis nephrocalcinosis angiomyolipoma oncocytoma bosniak cystitis ureterocele enterocolitis volvulus incarcerated strangulated
reducible paraumbilical periumbilical epigastric hypogastric spigelian obturator intestinalis mucocele carcinoid intussuscepted mesenterium
panniculitis omental omentum implants pseudomyxoma presacral perirectal mesorectal ischiorectal intersphincteric transsphincteric suprasphincteric
pericolic retrocaecal retrocecal cholecystostomy pancreaticoduodenectomy pancreatectomy choledochal choledochocele cholangiography ampullary
periampullary peripancreatic walled fibroadenoma papilloma intraductal ductal spiculation retroareolar subareolar microlobulated angular scintigraphy
radiotracer fluorodeoxyglucose hypermetabolic hypometabolic photopenic tracer avidity photopenia uptake encephalopathy encephalitis meningitis
ventriculitis cerebritis vasculopathy arteriopathy dolichoectasia fusiform saccular perimesencephalic opercular frontoparietal temporoparietal
parietooccipital frontotemporal orbitofrontal cingulate subcallosal periatrial peritrigonal supratentorial infratentorial transtentorial subfalcine
cerebellopontine petrous clivus sphenoidal ethmoidal frontoethmoidal ostiomeatal turbinate turbinates concha bullosa rhinosinusitis polyposis mucosal
retention nasopharynx nasopharyngeal oropharynx oropharyngeal hypopharynx supraglottic glottic subglottic epiglottis aryepiglottic piriform
parapharyngeal retropharyngeal peritonsillar submental cholesteatoma scutum ossicles ossicular incus malleus stapes otosclerosis otospongiosis
semicircular vestibule cochleovestibular labyrinthine labyrinthitis ligamentum flavum recess extraforaminal syringomyelia syrinx hydromyelia
myelomalacia tethered filum terminale arachnoiditis discitis spondylodiscitis paravertebral psoas retropulsion retropulsed interarticularis
spondylolytic vertebroplasty kyphoplasty physiotherapy chemotherapy chemoradiation immunotherapy hormonal tamoxifen surveillance sonographic
sonographically transabdominal transvaginal transrectal endorectal endovaginal curvilinear multiparametric susceptibility artefacts artifacts otherwise
additionally favouring favoring neoplasia malignancies metastasised metastasized undifferentiated squamous sarcoma osteosarcoma liposarcoma
leiomyosarcoma chondrosarcoma lymphomatous plasmacytoma myeloma myelomatous leukaemia leukemia thrombocytopenia anticoagulation anticoagulated
thrombolysis thrombectomy embolisation embolization
appendiceal prosthetic pulmonic acetabuli luminal luminally mural osseously vesical hepatically lobular centric centrically articulation articular aortic enhancing phalangeal hepatitis periappendiceal clavicular interposition relation relational
abdomen abdominal abduction abnormal abnormality abnormalities abscess abscesses accessory acetabular acetabulum acromioclavicular acromion
activity addition additional adduction adenocarcinoma adenoma adenomas adenopathy adhesive adjacent adnexal adrenal adrenals advanced advised 
airspace airways alignment although aneurysm aneurysmal aneurysms angiogram angiography angulation ankylosis annular anterior anteriorly
anterolisthesis aorta aortic apparent appearance appearances appendicitis appendicolith appendix approximately arachnoid arterial arteries artefact
arthritis arthropathy arthroplasty articular artifact ascending ascites aspiration assessed assessment associated asymmetric asymmetry atelectasis
atelectatic atherosclerosis atherosclerotic atrium atrophy attenuation available avascular axillary available baseline basilar bibasilar biliary bilateral
bilaterally biopsy bladder bleeding borderline bowel brachial brainstem breast bronchi bronchial bronchiectasis bronchograms bronchus calcaneal calcaneus
calcification calcifications calcified calculus calculi callus calvarium cancellous carcinoma carcinomatosis cardiac cardiomediastinal cardiomegaly
cardiopulmonary cardiothoracic carotid carpometacarpal cartilage catheter cavernous cavitary cavity central centrilobular cerebellar cerebellum cerebral
cervical cholecystectomy cholecystitis cholelithiasis chondrocalcinosis chronic circumferential circumscribed cirrhosis clavicle clavicular clinical
clinically cochlear collapse collateral collaterals collection collections colonic comminuted common communicated compared comparison compartment
compatible complete completely complex complicated compressed compressing compression concern concerning condyle confluent congenital congestion
consideration considered consistent consolidation consolidations contiguous contour contours contrast contusion contusions convexity coronary correlation
corresponding cortical costophrenic cranial craniocaudal criteria cruciate currently cystic decompression decreased decrease decreasing deformity
degenerated degeneration degenerative demineralization demonstrated demonstrates density dependent depressed depression descending described desiccation
destruction destructive deviation diagnosis diagnostic diameter diaphragm diffuse diffusely diffusion dilatation dilated dilation dimension dimensions
disappeared discectomy discogenic discrete discussed disease dislocation displaced displacement dissection distal distally distended distension distention
distribution diverticula diverticular diverticulitis diverticulosis diverticulum division dominant duodenal duodenum echogenic echogenicity echotexture edema
effacement effusion effusions elevated elevation elongated embolism embolus emergency emphysema emphysematous encephalomalacia endometrial endometrium
endotracheal enhancement enhances enhancing enlarged enlargement enlarging epicondyle epidural epididymis epididymitis epiphyseal esophageal esophagus
especially ethmoid evaluated evaluation evidence examination examinations excluded expansile expected explain extending extension extensive extracranial
extraaxial extravasation extrusion exudate eyeglobe facet favored favour femoral fibrosis fibrotic fibroglandular fibroid fibroids fibula fibular
finding findings fissure fissures fistula flattening fluoroscopic fluoroscopy followup following foramen foramina foraminal foreign formation fracture
fractured fractures frontal function fusion gallbladder gallstone gallstones ganglia gastric gastroesophageal generalized geographic gestational glenohumeral
glenoid gluteal granuloma granulomas granulomatous grossly  hamstring harmonic healed healing heart helical hemangioma hemangiomas hematoma
hemidiaphragm hemidiaphragms hemisphere hemispheres hemorrhage hemorrhages hemorrhagic hemothorax hepatic hepatocellular hepatomegaly hepatosplenomegaly herniated
herniation heterogeneous heterogeneously heterotopic hilar histology history homogeneous homogeneously homogenous homogenously heterogenous heterogenously horizontal humeral humerus hydrocele hydrocephalus
hydronephrosis hydronephrotic hydroureter hyperdense hyperdensity hyperechoic hyperexpanded hyperinflated hyperinflation hyperintense hyperintensities hyperintensity
hyperostosis hyperplasia hypertension hypertrophic hypertrophy hypoattenuating hypodense hypodensities hypodensity hypoechoic hypointense hypoplastic
identified iliac imaging immediate impaction impingement impression improved improvement incidental incidentally incomplete increase increased increasing
indeterminate indicated indication infarct infarction infarcts infection infectious inferior inferiorly infiltrate infiltrates infiltration inflammation
inflammatory infrarenal infraspinatus inguinal injection innumerable insertion instability intact interbody intercostal internal interosseous interpretation interstitial
interval interventricular intervertebral intestinal intraarticular intraabdominal intracranial intrahepatic intraluminal intramedullary intramural
intraosseous intraparenchymal intraperitoneal intrauterine intravenous intraventricular intussusception involvement involving irregular irregularity ischemia ischemic
isodense isoechoic isointense junction jugular juxtacortical laceration laminectomy larger laryngeal lateral laterally leptomeningeal lesion lesions leukomalacia
ligament ligaments limitation limitations limited linear lingula lingular lipohemarthrosis lipoma lobar lobectomy lobulated localized location loculated
longitudinal loosening lordosis lower lucency lucencies lumbar lumbosacral lymphadenopathy lymphangitic lymphatic lymphoma maintained malalignment malignancy malignant
malleolus mammogram mammography mandible mandibular manifestation margin marginal margins marked markedly mastectomy mastoid mastoids maxillary maximal maximum
measurement measurements measures measuring mediastinal mediastinum medial medially meniscal meniscus mesenteric mesentery metacarpal metacarpals metallic
metaphyseal metaphysis metastases metastasis metastatic metatarsal metatarsals microvascular midline migration mild mildly mineralization minimal minimally
moderate moderately morphology motion multifocal multilevel multinodular multiphase multiple muscle muscles muscular myelination myelopathy nasogastric navicular
necrosis necrotic neoplasm neoplastic nephrectomy nephrolithiasis neural neurosurgery nodular nodularity nodule nodules noncontrast nondisplaced nonobstructing nonobstructive
nonspecific normal obliterated obscured observed obstructing obstruction obstructive obtained occipital occlusion occlusive occlusions oblique olecranon opacities opacity opacification
opacified operative orbital orbits orthopedic osseous ossification osteoarthritis osteoarthrosis osteochondral osteomyelitis osteopenia osteophyte osteophytes osteophytic
osteoporosis osteoporotic osteotomy outlet ovarian ovaries pacemaker palatine palpable pancreas pancreatic pancreatitis papillary paracentral paracolic paranasal
paraspinal parallel parapneumonic parathyroid paratracheal parenchyma parenchymal parietal parotid partial partially patella patellar patellofemoral patency pathologic
pathological patient patients pedicle pelvic pelvis percutaneous perforation performed periarticular peribronchial pericardial pericardium perihepatic perihilar perinatal
perianal perinephric perineural periosteal peripheral peripherally perirenal peritoneal peritoneum peritonitis periventricular peroneal persistent pertinent phalangeal phalanx pharyngeal
physeal physiologic physiological pituitary placement plantar pleural pneumatosis pneumomediastinum pneumonectomy pneumonia pneumoperitoneum pneumothorax pneumothoraces popliteal portable portal
portion posterior posteriorly posterolateral posterolaterally postoperative postsurgical posttraumatic precentral predominance predominant predominantly prepatellar presence present preserved
previous previously prevertebral primary probable probably procedure process progressed progression progressive prolapse prominence prominent pronounced prostate prostatectomy prostatic
prosthesis prosthetic protocol protrusion proximal proximally pseudocyst pulmonary puncture pyelonephritis quadrant radiculopathy radiograph radiographic radiographically
radiographs radiology radiologist radiotherapy reaction reactive received recommend recommendation recommended reconstruction reconstructions recurrence recurrent reduced reduction
redemonstrated reformatted reformats regression region regional related relative relatively remaining remainder remains remodeling removal resection residual resolution resolved respectively
respiratory response restricted restriction retained retracted retraction retrocardiac retrolisthesis retroperitoneal retroperitoneum rheumatoid rotated rotation rotator rounded rupture ruptured
sacral sacroiliac sagittal satisfactory scapula scapular scaphoid scarring schwannoma sclerosis sclerotic scoliosis screening secondary sections segment segmental segments sella
seminal separate separated separation sequelae sequence sequences several severe severely shadowing shoulder significant significantly silhouette similar simple sinuses
sinusitis slightly sphenoid spinal spinous spiculated splenic splenomegaly spondylolisthesis spondylolysis spondylosis stability stable steatosis stenosis stenotic sternal sternotomy sternum stomach
stranding structures subacromial subacute subarachnoid subcapital subcarinal subcentimeter subchondral subclavian subcortical subcutaneous subdural subluxation submandibular subpleural
subscapularis subsegmental subsequent substantial subtle suggest suggested suggesting suggestion suggestive suggests superficial superimposed superior superiorly supplemental
supraclavicular suprapatellar supraspinatus surgery surgical surgically surrounding suspected suspicion suspicious suture sutures swelling symmetric symmetrical symmetry
symphysis symptomatic symptoms syndesmosis syndrome synovial synovitis technique temporal temporomandibular tendinitis tendinopathy tendinosis tendonitis tendons
tension terminal testicle testicles testicular thalamus therapy thickened thickening thoracic thoracolumbar thorax throughout thrombosed thrombosis thrombus thyroid thyroidectomy tibial
tonsil tonsillar tortuous trabecular trachea tracheal tracheostomy traction transition transitional transverse trapezium traumatic trochanter trochanteric tubercle tuberosity
tumor tumors ulceration ultrasound umbilical unchanged uncinate uncomplicated uncovertebral underlying undisplaced unenhanced unicompartmental unilateral unremarkable ureteral ureteric
urethral urinary urothelial uterine uterus valvular variant varicocele varices vascular vasculature vasogenic venous ventricle ventricles ventricular vertebra vertebrae vertebral vesicle
vesicles vesicoureteric vestibular visible visualization visualized volume washout whereas widening without worsened worsening
aetiology anaemia caecum diarrhoea oedema oedematous oesophagus oesophageal orthopaedic paediatric haemorrhage haemorrhages haemorrhagic haematoma haemangioma haemothorax ischaemia ischaemic
tumour tumours visualised mineralisation characterised characterisation metre centimetre centre centred fibre grey calibre colour favoured localised generalised necrotising opacification
relayed medical vehicle confusion critical hemithorax article because between without through another against already
although always analysis another anything appeared arrived article attached attempt attended attention because becomes behaviour believe besides between
breathing brought carefully careful caused certain changed changes children circumstances classic clearing collapsed combined coming company concern condition
conditions conference confirm confirmed contact contained contains continue continued control controlled correct corrected correctly correlate covered creatinine
current daughter decision defined delayed delivery department describe detail detailed details detected determine developed development different difficult direct directly
director disability doctor document duration earlier element emergency employed enabled ending enough entered equally essential established example excellent
except exclude exclusion expected experience exposure extended external extreme factor factors failed failure fairly familiar finally first followed formation formed forward
general generally greater greatest guidance happened hearing history hospital hundred husband identical immediately important inability include included includes including
independent initial initially inside instead intended interest interpreted investigation involve involved involves kitchen largest leading learned limits listed literature little
located longest looking loading machine majority manage managed management material matters maximally meaning medication medicine meeting mention mentioned method minimum missing
moderately moment monitoring months morning mother movement multiplanar natural nearly necessary neighbour nothing noticed notified nursing obvious obviously occasional occurs offered
operated operation opinion opposite ordered original outside overall overlying painful particular passage passed passing perform permanent permit persists person physical physician placed
planned planning pointing position positioned positions positive possible possibly practice precise precisely prefer prepared pressure prevent problem problems produced proper properly
provide provided quality question questions quickly radiating rapidly rather reached reading readily reason reasonable reasons recall recently recorded records referral referred referring reflect
refused regard regarded regarding register registrar regular relation relayed release remain remained remaining remote removed repeat repeated replaced replacement report reported reporting request requested
require required requires research resident respect response restaging result resulting results retained return returned reveals reviewed revision rotational routine samples scanned
scanner seconds secretary selected serious service setting seventh sharply shortly showing sickness situated situation smaller smallest someone something specific specifically specimen standard
standing started staging stopped straight strength stretch strictly strongly subject success successful sudden suddenly sufficient summary supplied support supported suppose surface surrounded systemic taken tapering
tenderness therefore thickest thinning thought through together tomorrow tracking training trauma travel treated treating treatment trouble twelfth typical typically uncertain unclear understood unusual upright usually
variable various version vessels walking weakness weather weight welcome whether whilst within workup wounds written yesterday younger ambulance anaesthetic answering antibiotics apixaban bedside bicycle breathless
cyclist deposit dialysis diabetes diabetic discharge discharged distress dizziness drinking elsewhere employer facility farmer fasting feeding fitting headache hemodialysis injured insulin intensive intubated ladder
limping lifting marathon neurology neurological neurologist oncologist oncology orthopaedics paracetamol paralysis paramedic patience pediatric pneumonitis posture postponed pulling pushing pushed residue runner
scooter seizure seizures shopping sitting sleeping smoking smoker smokers soccer staircase stairs standing stiffness stroke strokes sweating swollen syncope teacher throwing tripped twisted unable unconscious urologist
vomiting warfarin weekend wheelchair winter worker working wrestling acquired acquisition algorithm collimation detector enteral enteric gadolinium gantry helically kernel milliliters orthogonal pitch reformation
sequential spectral subtraction  threshold transducer volumetric weighted dynamic perpendicular resolution
gynaecomastia gynecomastia spermatocele uncinectomy antrostomy ethmoidectomy enthesophytes osteophytosis chondromalacia vestibulocochlear haematosalpinx peribronchovascular
dorsiflexion osteochondroma enchondroma cholangiocarcinoma cholangitis choledocholithiasis colitis ileitis ileocolic ileocaecal ileocecal terminal jejunal jejunum duodenitis gastritis gastrostomy
jejunostomy colostomy ileostomy hemicolectomy hysterectomy oophorectomy salpingectomy appendectomy appendicectomy splenectomy craniotomy craniectomy ventriculostomy thoracotomy thoracentesis
anastomosis anastomotic stricture strictures perfusion penumbra collateralization vasospasm microhemorrhages microhaemorrhages leukoaraiosis demyelination demyelinating gliosis gliotic
ependymal meningioma meningeal glioma glioblastoma metastatic hippocampal hippocampus olfactory trigeminal facial auditory intracanalicular cisternal cisterns brainstem medulla pontine
precuneus insular operculum lentiform caudate putamen thalamic callosum internal capsule corpus pineal suprasellar parasellar infundibulum chiasm
adenomyosis endometrioma endometriosis leiomyoma hydrosalpinx corpus follicle follicles follicular gestation trimester placenta placental cervix vaginal
spongiform macrocalcification microcalcifications pleomorphic architectural distortion heterogeneously asymmetries tomosynthesis magnification
sesamoid tarsal talus talar calcaneocuboid syndesmotic achilles fascia fasciitis bursitis effusion enthesopathy tendinous labrum labral supraspinatus biceps triceps deltoid
`)

// slips are the commonest mistakes that are short, or further away than one letter.
var slips = func() map[string]string {
	m := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(`
teh the
definied defined
wich which
whcih which
nad and
thne then
smal small
midl mild
mlid mild
moderat moderate
nromal normal
normla normal
nomral normal
noraml normal
chets chest
unchaged unchanged
likley likely
liekly likely
beningn benign
aortc aortic
heptatic hepatic
unremarkible unremarkable
hte the
adn and
fo of
recieved received
recieve receive
recomended recommended
reccomended recommended
reccommended recommended
recommened recommended
seperate separate
seperated separated
occured occurred
occuring occurring
accomodate accommodate
acomodate accommodate
definately definitely
previosly previously
previoulsy previously
signficant significant
signifcant significant
signficantly significantly
unremarkble unremarkable
unremarkabel unremarkable
unremakable unremarkable
haemorrage haemorrhage
hemorrage hemorrhage
haemmorrhage haemorrhage
hemmorhage hemorrhage
hemorhage hemorrhage
hemorrhagge hemorrhage
pnuemonia pneumonia
penumonia pneumonia
pnuemothorax pneumothorax
penumothorax pneumothorax
pneumothroax pneumothorax
plueral pleural
pluera pleura
pelura pleura
efusion effusion
effussion effusion
fractre fracture
fracutre fracture
fratcure fracture
fractrue fracture
lession lesion
leison lesion
nodlue nodule
noduel nodule
nodules' nodules
lugn lung
lugns lungs
hte the
cardiomegally cardiomegaly
cardimegaly cardiomegaly
atelectesis atelectasis
atalectasis atelectasis
ateletasis atelectasis
appendictis appendicitis
apendicitis appendicitis
diverticulits diverticulitis
hydronephrois hydronephrosis
indeterminant indeterminate
prostrate prostate
ileum's ileum
adnenopathy adenopathy
lymphadenopthy lymphadenopathy
lympadenopathy lymphadenopathy
degnerative degenerative
anuerysm aneurysm
aneursym aneurysm
aneurism aneurysm
stensois stenosis
stenois stenosis
thromobsis thrombosis
ischmia ischemia
ischemai ischemia
infract infarct
infracts infarcts
heptic hepatic
gallblader gallbladder
gallbaldder gallbladder
spleenic splenic
kindey kidney
kidnye kidney
kidneys' kidneys
vertabra vertebra
vertabrae vertebrae
vertabral vertebral
menicus meniscus
mensicus meniscus
miniscus meniscus
ligamnet ligament
sagital sagittal
saggital sagittal
assymetric asymmetric
assymetry asymmetry
asymetric asymmetric
symetric symmetric
calcifcation calcification
calcificaton calcification
visulaized visualized
vizualized visualized
consistant consistent
consistnet consistent
persistant persistent
independant independent
dependant dependent
iamge image
imgae image
righit right
rihgt right
rigth right
letf left
lfet left
wihtout without
whithout without
witout without
withouth without
thier their
patietn patient
pateint patient
patinet patient
abcess abscess
absess abscess
abcesses abscesses
absesses abscesses
edma edema
odema oedema
ascities ascites
metastasises metastases
metasteses metastases
mestastases metastases
suspicous suspicious
suspicius suspicious
supicious suspicious
benigin benign
beningn benign
malignacy malignancy
enhancment enhancement
enhacement enhancement
comparision comparison
comparsion comparison
indentified identified
identifed identified
idenitified identified
fo of
`), "\n") {
		if f := strings.Fields(line); len(f) == 2 {
			m[f[0]] = f[1]
		}
	}
	return m
}()
