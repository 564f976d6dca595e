package prose

// Things are what reports affirm and deny most, and must not do at once.
var Things = NewLexicon(`
pneumothorax | pneumothorax, pneumothoraces, ptx, spannungspneumothorax
pleural effusion < effusion | parapneumonic effusion, pleural effusion, pleural effusions, pleuraerguss, pleuraergüsse, right effusion, left effusion, left-sided effusion
joint effusion < effusion | joint effusion, gelenkerguss, lipohaemarthrosis, lipohemarthrosis
effusion* | effusion, effusions, erguss
consolidation | consolidation, consolidations, infiltrate, infiltrates, pneumonia, airspace opacity, infiltrat
fracture* | fracture, fractures, fraktur, frakturen, fractured
dislocation | dislocation, dislocated, luxation
haemorrhage* | intra or extra axial hemorrhage, intra and extra axial hemorrhage, extra or intra axial hemorrhage, intraaxial or extraaxial hemorrhage, intra axial or extra axial hemorrhage, intra or extra axial haemorrhage, intra and extra axial haemorrhage, extra or intra axial haemorrhage, intraaxial or extraaxial haemorrhage, intra axial or extra axial haemorrhage, intra or extra axial bleed, intra and extra axial bleed, extra or intra axial bleed, intraaxial or extraaxial bleed, intra axial or extra axial bleed, intra or extra axial blood, intra and extra axial blood, extra or intra axial blood, intraaxial or extraaxial blood, intra axial or extra axial blood, intra or extra axial hemorrhages, intra and extra axial hemorrhages, extra or intra axial hemorrhages, intraaxial or extraaxial hemorrhages, intra axial or extra axial hemorrhages, intra or extra axial haemorrhages, intra and extra axial haemorrhages, extra or intra axial haemorrhages, intraaxial or extraaxial haemorrhages, intra axial or extra axial haemorrhages, haemorrhagic transformation, hemorrhagic transformation, intracranial bleed, hemorrhage, haemorrhage, hemorrhages, haemorrhages, bleed, blutung, blutungen
parenchymal haemorrhage < haemorrhage | intra axial hemorrhage, intra axial haemorrhage, intra axial bleed, intra axial hemorrhages, intra axial haemorrhages, intraaxial hemorrhage, intraaxial haemorrhage, intraaxial bleed, intraaxial hemorrhages, intraaxial haemorrhages, parenchymal hemorrhage, parenchymal haemorrhage, parenchymal bleed, parenchymal hemorrhages, parenchymal haemorrhages, intraparenchymal hemorrhage, intraparenchymal haemorrhage, intraparenchymal bleed, intraparenchymal hemorrhages, intraparenchymal haemorrhages, intracerebral hemorrhage, intracerebral haemorrhage, intracerebral bleed, intracerebral hemorrhages, intracerebral haemorrhages
germinal matrix haemorrhage < haemorrhage | germinal matrix hemorrhage, germinal matrix haemorrhage, germinal matrix bleed, germinal matrix hemorrhages, germinal matrix haemorrhages, subependymal hemorrhage, subependymal haemorrhage, subependymal bleed, subependymal hemorrhages, subependymal haemorrhages
intraventricular haemorrhage < haemorrhage | intraventricular hemorrhage, intraventricular haemorrhage, intraventricular bleed, intraventricular hemorrhages, intraventricular haemorrhages
extra-axial haemorrhage < haemorrhage | extra axial hemorrhage, extra axial haemorrhage, extra axial bleed, extra axial hemorrhages, extra axial haemorrhages, extraaxial hemorrhage, extraaxial haemorrhage, extraaxial bleed, extraaxial hemorrhages, extraaxial haemorrhages
subarachnoid haemorrhage < haemorrhage | subarachnoid hemorrhage, subarachnoid haemorrhage, subarachnoidalblutung
subdural haematoma < haemorrhage | sdh, hyperdense collection, extra axial collection, extraaxial collection, subdural hematoma, subdural haematoma, subdural hematomas, subdural collection, subduralhämatom
epidural haematoma | epidural hematoma, epidural haematoma, extradural haematoma, epiduralhämatom
pulmonary embolism | pe, filling defect, filling defects, pulmonary embolism, pulmonary embolus, pulmonary emboli, pulmonary embolisms, lungenembolie
infarct | infarct, infarcts, infarction, restricted diffusion, infarkt
midline shift | midline shift
herniation | herniation
dissection | dissection
aneurysm* | aneurysm, aneurysms, aneurysma
rupture | rupture, ruptured
thrombosis* | noncompressible, non compressible, thrombosis, thrombus, thrombi, dvt, thrombose
hydronephrosis | hydronephrosis, hydroureteronephrosis, harnstau, hydronephrose
stone* | appendicolith, stone, stones, calculus, calculi, gallstones, gallstone, cholelithiasis, cholecystolithiasis, nephrolithiasis, konkrement
free air | free air, free gas, pneumoperitoneum, free intraperitoneal air, free intraperitoneal gas, freie luft
free fluid | free fluid, ascites, freie flüssigkeit
obstruction* | dilated small bowel, dilated loops, dilated bowel loops, bowel obstruction, obstruction, ileus
appendicitis | appendicitis
cholecystitis | cholecystitis
diverticulitis | diverticulitis
pancreatitis | pancreatitis
abscess | abscess, abscesses, abszess
torsion | torsion
stenosis* | stenosis, stenoses, stenose
occlusion* | occlusion, occlusions, verschluss
lymphadenopathy* | lymphadenopathy, adenopathy, enlarged lymph nodes, enlarged nodes, lymphadenopathie
metastasis* | metastasis, metastases, metastatic disease, metastase, metastasen
mass* | mass, masses, mass lesion, raumforderung
haematoma* | hematoma, haematoma, hematomas
haemothorax | hemothorax, haemothorax
pneumatosis | pneumatosis
portal venous gas | portal venous gas
pneumomediastinum | pneumomediastinum
pericardial effusion | pericardial effusion, perikarderguss
osteomyelitis | osteomyelitis
atrophy* | atrophy
tear* | tear, tears, torn
cardiomegaly | cardiomegaly, kardiomegalie
lymphangitis | lymphangitis
loosening | loosening, lockerung
recurrence | recurrence, rezidiv
cord compression | cord compression, spinal cord compression, compression of the cord
enhancement* | abnormal enhancement
nodule* | nodule, nodules, pulmonary nodule, pulmonary nodules, lung nodule, lung nodules, rundherd, rundherde
cyst* | cyst, cysts, zyste, zysten
varicocele | varicocele, varicoceles
hydrocele | hydrocele, hydroceles
mass effect | mass effect
enhancing lesion* | enhancing lesion, enhancing lesions, enhancing mass
marrow oedema* | marrow edema, marrow oedema, bone marrow edema, bone marrow oedema, knochenmarködem
pulmonary oedema | pulmonary edema, pulmonary oedema, interstitial edema, interstitial oedema, lungenödem
contusion* | contusion, contusions
atelectasis* | atelectasis, atelektase
emphysema | emphysema, emphysem
ground-glass* | ground glass, groundglass
bronchiectasis* | bronchiectasis, bronchiectases
honeycombing | honeycombing
hydrocephalus | hydrocephalus
steatosis | steatosis, fatty infiltration of the liver, fatty liver
hiatal hernia | hiatal hernia, hiatus hernia
hernia* | inguinal hernia, umbilical hernia, ventral hernia, incisional hernia
diverticulosis | diverticulosis, diverticula
splenomegaly | splenomegaly
hepatomegaly | hepatomegaly
scoliosis | scoliosis
spondylolisthesis | spondylolisthesis, anterolisthesis
canal stenosis | canal stenosis, spinal stenosis, spinal canal stenosis
disc herniation* | disc herniation, disc protrusion, disc extrusion, disk herniation, disk protrusion, disk extrusion
bursitis | bursitis
laceration* | laceration, lacerations
perforation | perforation, perforations, perforated
extravasation | extravasation
vasospasm | vasospasm
distortion | architectural distortion
skin thickening | skin thickening
intussusception | intussusception
volvulus | volvulus
ischaemia | bowel ischemia, bowel ischaemia, mesenteric ischemia, mesenteric ischaemia
`)

// Critical are things that somebody has to be told of at once when they are new (ACR
// Actionable Reporting categories 1 and 2).
var Critical = NewLexicon(`
tension pneumothorax | tension pneumothorax, spannungspneumothorax
pneumothorax | pneumothorax, pneumothoraces
pulmonary embolism | pe, pulmonary embolism, pulmonary embolus, pulmonary emboli, lungenembolie
intracranial haemorrhage | sah, sdh, ich, edh, intracranial hemorrhage, intracranial haemorrhage, parenchymal hemorrhage, parenchymal haemorrhage, intracerebral hemorrhage, intracerebral haemorrhage, subarachnoid hemorrhage, subarachnoid haemorrhage, intraventricular hemorrhage, intraventricular haemorrhage, subdural hematoma, subdural haematoma, epidural hematoma, epidural haematoma, extradural haematoma, hirnblutung
herniation | uncal herniation, transtentorial herniation, tonsillar herniation, subfalcine herniation, brain herniation
infarct | acute infarct, acute infarction, acute ischemic stroke, acute ischaemic stroke, m1 occlusion, m2 occlusion, mca occlusion, lvo, large vessel occlusion, basilar occlusion, basilar thrombosis, dense middle cerebral artery
dissection | aortic dissection, type a dissection, type b dissection, carotid dissection, vertebral dissection
ruptured aneurysm | ruptured aneurysm, ruptured abdominal aortic aneurysm, aneurysm rupture, contained rupture
free air | free air, free gas, pneumoperitoneum, free intraperitoneal air, free intraperitoneal gas
perforation | bowel perforation, perforation, perforated appendicitis, perforated viscus, perforated diverticulitis
bleeding | active bleeding, active extravasation, active arterial extravasation, contrast extravasation, haemoperitoneum, hemoperitoneum
bowel ischaemia | bowel ischemia, bowel ischaemia, mesenteric ischemia, mesenteric ischaemia, pneumatosis, portal venous gas, necrotising enterocolitis, necrotizing enterocolitis
obstruction | closed loop obstruction, strangulated, strangulation, volvulus, intussusception, large bowel obstruction
appendicitis | appendicitis
torsion | testicular torsion, ovarian torsion, adnexal torsion
ectopic pregnancy | ectopic pregnancy, ectopic gestation
cord compression | spinal cord compression, cord compression, cauda equina compression, cauda equina syndrome
epidural abscess | epidural abscess
spinal fracture | unstable fracture, burst fracture, chance fracture, fracture of the dens, odontoid fracture, cervical spine fracture, fracture of the cervical spine, acute unstable fracture
deep vein thrombosis | deep vein thrombosis, deep venous thrombosis, dvt, phlegmasia
necrotising fasciitis | necrotizing fasciitis, necrotising fasciitis, fournier gangrene
tube | right main bronchus intubation, right mainstem intubation, tube in the trachea, oesophageal intubation, esophageal intubation, misplaced tube
retained foreign body | retained sponge, retained surgical sponge, retained instrument
venous sinus thrombosis | venous sinus thrombosis, dural sinus thrombosis, sagittal sinus thrombosis, sinus thrombosis, cortical vein thrombosis
tamponade | cardiac tamponade, pericardial tamponade
non-accidental injury | non-accidental injury, nonaccidental trauma, metaphyseal corner fracture
`)
